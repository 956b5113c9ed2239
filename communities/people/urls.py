"""The addresses of one's own account: settings, everything about oneself, and leaving."""

from django.urls import path

from communities.people import views, views_leaving

app_name = "people"
urlpatterns = [
    path("me/", views.me, name="me"),
    path("me/face/", views.face, name="face"),
    path("me/again/", views.again, name="again"),
    path("me/sessions/<int:session_id>/end/", views.end_one_session, name="end_session"),
    path("me/data/", views_leaving.data, name="data"),
    path("me/data/<str:token>/", views_leaving.data_file, name="data_file"),
    path("me/leave/", views_leaving.leave, name="leave"),
    path("me/stay/", views_leaving.stay, name="stay"),
]
