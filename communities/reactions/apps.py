"""App config."""

from django.apps import AppConfig


class ReactionsConfig(AppConfig):
    name = "communities.reactions"
    label = "reactions"
    verbose_name = "Communities: reactions"
