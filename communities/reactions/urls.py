"""The address of the reactions on a thing: who gave them, and where one's own is sent."""

from django.urls import path

from communities.reactions import views

app_name = "reactions"
urlpatterns = [path("c/<slug:community>/react/<slug:kind>/<int:object_id>/", views.react, name="react")]
