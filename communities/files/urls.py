"""/f/: files, behind the question of who is asking."""

from django.urls import path

from communities.files import views

app_name = "files"
urlpatterns = [
    path("f/<str:token>/<int:width>.webp", views.size, name="size"),
    path("f/<str:token>/<str:name>", views.original, name="original"),
]
