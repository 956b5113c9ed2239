"""App config."""

from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "communities.files"
    label = "files"
    verbose_name = "Communities: files"

    def ready(self) -> None:
        from communities.access.rules import register_kind
        from communities.files.models import WAITING
        from communities.files.waiting import sight_of_waiting

        register_kind(WAITING, sight_of_waiting)
