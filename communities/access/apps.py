"""App config."""

from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "communities.access"
    label = "access"
    verbose_name = "Communities: access"
