"""App config: collects what every app holds about a person once all apps are loaded, and shows one's own data on /me/."""

from importlib import import_module

from django.apps import AppConfig, apps
from django.utils.module_loading import module_has_submodule


class PeopleConfig(AppConfig):
    name = "communities.people"
    label = "people"
    verbose_name = "Communities: people"

    def ready(self) -> None:
        from communities.people import portable_below, portable_own  # noqa: F401
        from communities.people.panels import data
        from communities.ui.panels import Panel, register_panel

        for config in apps.get_app_configs():
            if config.module and module_has_submodule(config.module, "portable"):
                import_module(f"{config.name}.portable")
        register_panel(Panel("people/_data.html", data, order=90))
