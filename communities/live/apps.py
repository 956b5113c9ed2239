"""App config."""

from django.apps import AppConfig


class LiveConfig(AppConfig):
    name = "communities.live"
    label = "live"
    verbose_name = "Communities: live"
