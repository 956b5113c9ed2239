"""/demo/mail/: the letter box of the demo."""

from django.urls import path

from communities.mail import views

app_name = "mail"
urlpatterns = [
    path("demo/mail/", views.mail_list, name="list"),
    path("demo/mail/<int:mail_id>/", views.mail_detail, name="detail"),
    path("demo/mail/<int:mail_id>/html/", views.mail_html, name="html"),
]
