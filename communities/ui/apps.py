"""App config."""

from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "communities.ui"
    label = "ui"
    verbose_name = "Communities: ui"
