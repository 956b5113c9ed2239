"""Addresses of membership: the door, invitations, guidelines, the people for each other, the studio's members, and founding."""

from django.urls import path

from communities.members import people_views, views
from communities.members.admitting import views as admitting
from communities.members.entrance import views as entrance
from communities.members.inside import views as inside
from communities.members.inviting import views as inviting

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
    path("i/<str:token>/", entrance.invited, name="invited"),
    path("c/<slug:community>/join/", entrance.join, name="join"),
    path("c/<slug:community>/guidelines/", inside.guidelines, name="guidelines"),
    path("c/<slug:community>/welcome/", inside.welcome, name="welcome"),
    path("c/<slug:community>/leave/", inside.leave, name="leave"),
    path("c/<slug:community>/invite/", inviting.invite, name="invite"),
    path("c/<slug:community>/invite/<int:invitation_id>/revoke/", inviting.revoke, name="revoke"),
    path("c/<slug:community>/studio/requests/", admitting.requests, name="requests"),
    path("c/<slug:community>/studio/requests/<int:request_id>/", admitting.decide, name="decide"),
    path("c/<slug:community>/studio/door/", admitting.door, name="questions"),
    path("c/<slug:community>/studio/door/guidelines/", admitting.guidelines, name="write_guidelines"),
    path("c/<slug:community>/studio/door/topics/", admitting.topics, name="topics"),
]
