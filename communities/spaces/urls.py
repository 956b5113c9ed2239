"""Addresses of the owner's pages about the place."""

from django.urls import path

from communities.spaces import views

app_name = "spaces"
urlpatterns = [
    path("c/<slug:community>/studio/look/", views.look, name="look"),
    path("c/<slug:community>/studio/spaces/", views.spaces, name="spaces"),
    path("c/<slug:community>/studio/spaces/new/", views.space, name="new_space"),
    path("c/<slug:community>/studio/spaces/<int:space_id>/", views.space, name="space"),
    path("c/<slug:community>/studio/steps/new/", views.rung, name="new_rung"),
    path("c/<slug:community>/studio/steps/<int:rung_id>/", views.rung, name="rung"),
]
