"""Addresses of the studio's writing side; the namespace is posts."""

from django.urls import path

from content.posts import studio, studio_files, studio_preview, studio_write

urlpatterns = [
    path("c/<slug:community>/studio/", studio.home, name="studio"),
    path("c/<slug:community>/write/", studio_write.new, name="new"),
    path("c/<slug:community>/write/save/", studio_write.save, name="start"),
    path("c/<slug:community>/write/shown/", studio_write.shown, name="shown"),
    path("c/<slug:community>/write/<int:post_id>/", studio_write.write, name="write"),
    path("c/<slug:community>/write/<int:post_id>/save/", studio_write.save, name="save"),
    path("c/<slug:community>/write/<int:post_id>/discard/", studio_write.discard, name="discard"),
    path("c/<slug:community>/write/<int:post_id>/back/", studio_write.unpublish, name="unpublish"),
    path("c/<slug:community>/write/<int:post_id>/remove/", studio_write.remove, name="remove"),
    path("c/<slug:community>/write/<int:post_id>/files/", studio_files.upload, name="upload"),
    path("c/<slug:community>/write/<int:post_id>/files/<str:token>/", studio_files.describe, name="describe"),
    path("c/<slug:community>/write/<int:post_id>/preview/", studio_preview.preview, name="preview"),
    path("c/<slug:community>/write/<int:post_id>/preview/raw/", studio_preview.preview_raw, name="preview_raw"),
]
