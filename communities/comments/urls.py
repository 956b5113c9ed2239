"""Addresses of the talk: where one writes, where a comment stands, and what its author and the team do with it."""

from django.urls import path

from communities.comments import views

app_name = "comments"
urlpatterns = [
    path("c/<slug:community>/talk/<slug:kind>/<int:object_id>/", views.write, name="write"),
    path("c/<slug:community>/talk/<slug:kind>/<int:object_id>/close/", views.close, name="close"),
    path("c/<slug:community>/talk/<slug:kind>/<int:object_id>/people/", views.people, name="people"),
    path("c/<slug:community>/comments/<int:comment_id>/", views.comment, name="comment"),
    path("c/<slug:community>/comments/<int:comment_id>/edit/", views.edit, name="edit"),
    path("c/<slug:community>/comments/<int:comment_id>/remove/", views.remove, name="remove"),
    path("c/<slug:community>/comments/<int:comment_id>/preview/", views.preview, name="preview"),
    path("c/<slug:community>/comments/<int:comment_id>/history/", views.history, name="history"),
]
