"""App config."""

from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "communities.files"
    label = "files"
    verbose_name = "Communities: files"
