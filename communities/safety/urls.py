"""Addresses of reporting, of the team's answers, and of what one keeps away from oneself."""

from django.urls import path

from communities.safety import views, views_desk, views_own

app_name = "safety"
urlpatterns = [
    path("c/<slug:community>/report/person/<str:handle>/", views.report_person, name="report_person"),
    path("c/<slug:community>/report/<slug:kind>/<int:object_id>/", views.report, name="report"),
    path("c/<slug:community>/studio/reports/", views_desk.reports, name="reports"),
    path("c/<slug:community>/studio/reports/<slug:kind>/<int:object_id>/", views_desk.case, name="case"),
    path("c/<slug:community>/studio/log/", views_desk.log, name="log"),
    path("c/<slug:community>/studio/log/<int:act_id>/", views_desk.take_back, name="take_back"),
    path("me/reports/", views_own.my_reports, name="my_reports"),
    path("me/standing/", views_own.standing, name="standing"),
    path("me/blocks/", views_own.blocks, name="blocks"),
    path("me/blocks/end/", views_own.end_block, name="end_block"),
    path("me/mutes/", views_own.mutes, name="mutes"),
    path("me/mutes/end/", views_own.end_mute, name="end_mute"),
]
