"""Addresses of rooms."""

from django.urls import path

from communities.discussion import views, views_direct, views_files, views_message, views_own, views_team, views_topic

app_name = "discussion"
_ROOM = "c/<slug:community>/rooms/<slug:room>/"
urlpatterns = [
    path("c/<slug:community>/rooms/", views.rooms, name="rooms"),
    path("c/<slug:community>/messages/", views_direct.conversations, name="messages"),
    path("c/<slug:community>/messages/new/", views_direct.begin, name="begin"),
    path("c/<slug:community>/messages/files/", views_files.files, name="files"),
    path("c/<slug:community>/studio/rooms/", views.manage, name="manage"),
    path("c/<slug:community>/studio/rooms/new/", views.edit_room, name="new_room"),
    path("c/<slug:community>/studio/rooms/<int:room_id>/", views.edit_room, name="edit_room"),
    path("c/<slug:community>/studio/rooms/<int:room_id>/close/", views.close, name="close_room"),
    path(_ROOM, views.room, name="room"),
    path(f"{_ROOM}write/", views.write, name="write"),
    path(f"{_ROOM}read/", views.read, name="read"),
    path(f"{_ROOM}topics/", views_topic.topics, name="topics"),
    path(f"{_ROOM}topics/<int:topic_id>/", views.room, name="topic"),
    path(f"{_ROOM}topics/<int:topic_id>/write/", views.write, name="write_in_topic"),
    path(f"{_ROOM}topics/<int:topic_id>/read/", views.read, name="read_topic"),
    path(f"{_ROOM}topics/<int:topic_id>/name/", views_topic.rename, name="rename_topic"),
    path(f"{_ROOM}<int:number>/topic/", views_topic.put, name="put_into_topic"),
    path(f"{_ROOM}people/", views_own.people, name="people"),
    path(f"{_ROOM}level/", views_own.level, name="level"),
    path(f"{_ROOM}leave/", views_direct.leave, name="leave"),
    path(f"{_ROOM}<int:number>/", views_message.message, name="message"),
    path(f"{_ROOM}<int:number>/edit/", views_message.edit, name="edit"),
    path(f"{_ROOM}<int:number>/remove/", views_message.remove, name="remove"),
    path(f"{_ROOM}<int:number>/preview/", views_message.preview, name="preview"),
    path(f"{_ROOM}<int:number>/history/", views_team.history, name="history"),
    path(f"{_ROOM}<int:number>/act/", views_team.act, name="act"),
]
