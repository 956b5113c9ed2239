"""Addresses of the bell, of what one wants to be told, and of the way out of a mail."""

from django.urls import path

from communities.notifications import views

app_name = "notifications"
urlpatterns = [
    path("me/news/", views.news, name="news"),
    path("me/news/seen/", views.seen, name="seen"),
    path("me/notifications/", views.settings, name="settings"),
    path("me/notifications/letter/", views.letter, name="letter"),
    path("n/<str:token>/", views.stop, name="stop"),
    path("n/again/<str:token>/", views.confirm, name="confirm"),
]
