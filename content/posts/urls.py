"""Addresses of posts: the fronts, the post pages, the feeds. The studio's are in studio_urls."""

from django.urls import path

from content.posts import feeds, views

app_name = "posts"
urlpatterns = [
    path("", views.home, name="home"),
    path("c/<slug:community>/", views.stream, name="stream"),
    path("c/<slug:community>/join/", views.join, name="join"),
    path("c/<slug:community>/seen/", views.seen, name="seen"),
    path("c/<slug:community>/p/<int:post_id>/", views.short, name="short"),
    path("c/<slug:community>/p/<int:post_id>/<str:slug>/", views.detail, name="detail"),
    path("c/<slug:community>/feed.atom", feeds.atom, name="atom"),
    path("c/<slug:community>/feed.rss", feeds.rss, name="rss"),
]
