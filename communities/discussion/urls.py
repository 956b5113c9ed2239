"""Addresses of rooms."""

from django.urls import path

from communities.discussion import views, views_message

app_name = "discussion"
_ROOM = "c/<slug:community>/rooms/<slug:room>/"
urlpatterns = [
    path("c/<slug:community>/rooms/", views.rooms, name="rooms"),
    path("c/<slug:community>/studio/rooms/", views.manage, name="manage"),
    path("c/<slug:community>/studio/rooms/new/", views.edit_room, name="new_room"),
    path("c/<slug:community>/studio/rooms/<int:room_id>/", views.edit_room, name="edit_room"),
    path("c/<slug:community>/studio/rooms/<int:room_id>/close/", views.close, name="close_room"),
    path(_ROOM, views.room, name="room"),
    path(f"{_ROOM}write/", views.write, name="write"),
    path(f"{_ROOM}read/", views.read, name="read"),
    path(f"{_ROOM}<int:number>/", views_message.message, name="message"),
    path(f"{_ROOM}<int:number>/edit/", views_message.edit, name="edit"),
    path(f"{_ROOM}<int:number>/remove/", views_message.remove, name="remove"),
    path(f"{_ROOM}<int:number>/history/", views_message.history, name="history"),
]
