"""App config."""

from django.apps import AppConfig


class TiersConfig(AppConfig):
    name = "memberships.tiers"
    label = "tiers"
    verbose_name = "Memberships: tiers"

    def ready(self) -> None:
        from communities.ui.navigation import register
        from memberships.tiers.navigation import entries

        register(entries, order=25)
