"""App config."""

from django.apps import AppConfig


class TiersConfig(AppConfig):
    name = "memberships.tiers"
    label = "tiers"
    verbose_name = "Memberships: tiers"
