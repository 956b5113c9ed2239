"""What the look is made of, at addresses that never change their bytes."""

from django.urls import path

from communities.ui import views

app_name = "ui"
urlpatterns = [
    path("face/<int:seed>.svg", views.face, name="face"),
    path("c/<slug:community>/look-<int:version>.css", views.look, name="look"),
]
