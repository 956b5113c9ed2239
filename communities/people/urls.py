"""The address of one's own account."""

from django.urls import path

from communities.people import views

app_name = "people"
urlpatterns = [path("me/", views.me, name="me")]
