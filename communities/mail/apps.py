"""App config."""

from django.apps import AppConfig


class MailConfig(AppConfig):
    name = "communities.mail"
    label = "mail"
    verbose_name = "Communities: mail"
