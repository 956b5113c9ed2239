"""Addresses of the studio's members and of founding."""

from django.urls import path

from communities.members import views

app_name = "members"
urlpatterns = [
    path("new/", views.found, name="found"),
    path("c/<slug:community>/studio/members/", views.members, name="list"),
    path("c/<slug:community>/studio/members/<int:member_id>/", views.member, name="member"),
    path("c/<slug:community>/studio/members/<int:member_id>/grant/", views.grant, name="grant"),
    path("c/<slug:community>/studio/members/<int:member_id>/end/", views.end, name="end"),
    path("c/<slug:community>/studio/members/<int:member_id>/role/", views.role, name="role"),
]
