"""App config."""

from django.apps import AppConfig


class SpacesConfig(AppConfig):
    name = "communities.spaces"
    label = "spaces"
    verbose_name = "Communities: spaces"

    def ready(self) -> None:
        from communities.spaces.navigation import entries
        from communities.ui.navigation import register

        register(entries, order=40)
