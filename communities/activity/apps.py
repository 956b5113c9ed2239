"""App config: collects every app's verbs and subscribers once all apps are loaded."""

from importlib import import_module

from django.apps import AppConfig, apps
from django.utils.module_loading import module_has_submodule


class ActivityConfig(AppConfig):
    name = "communities.activity"
    label = "activity"
    verbose_name = "Communities: activity"

    def ready(self) -> None:
        for config in apps.get_app_configs():
            for name in ("verbs", "subscribers"):
                if config.module and module_has_submodule(config.module, name):
                    import_module(f"{config.name}.{name}")
