"""The address of one's own account."""

from django.urls import path

from communities.people import views

app_name = "people"
urlpatterns = [
    path("me/", views.me, name="me"),
    path("me/face/", views.face, name="face"),
    path("me/again/", views.again, name="again"),
    path("me/sessions/<int:session_id>/end/", views.end_one_session, name="end_session"),
]
