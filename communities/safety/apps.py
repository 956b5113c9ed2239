"""App config."""

from django.apps import AppConfig


class SafetyConfig(AppConfig):
    name = "communities.safety"
    label = "safety"
    verbose_name = "Communities: safety"
