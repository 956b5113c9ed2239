"""Addresses of the studio's members, of the people for each other, and of founding."""

from django.urls import path

from communities.members import people_views, views

app_name = "members"
urlpatterns = [
    path("new/", views.found, name="found"),
    path("c/<slug:community>/people/", people_views.people, name="people"),
    path("c/<slug:community>/people/me/", people_views.here, name="here"),  # nobody's handle: it is kept for the house
    path("c/<slug:community>/people/<str:handle>/", people_views.person, name="person"),
    path("c/<slug:community>/studio/members/", views.members, name="list"),
    path("c/<slug:community>/studio/members/<int:member_id>/", views.member, name="member"),
    path("c/<slug:community>/studio/members/<int:member_id>/grant/", views.grant, name="grant"),
    path("c/<slug:community>/studio/members/<int:member_id>/end/", views.end, name="end"),
    path("c/<slug:community>/studio/members/<int:member_id>/role/", views.role, name="role"),
]
