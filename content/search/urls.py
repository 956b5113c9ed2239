"""The address of search."""

from django.urls import path

from content.search import views

app_name = "search"
urlpatterns = [path("c/<slug:community>/search/", views.search, name="search")]
