"""App configs of the composition root and of its admin."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class HearthConfig(AppConfig):
    name = "config"
    label = "config"


class HearthAdminConfig(AdminConfig):
    default_site = "config.admin.HearthAdminSite"
