"""App config."""

from django.apps import AppConfig


class CommentsConfig(AppConfig):
    name = "communities.comments"
    label = "comments"
    verbose_name = "Communities: comments"
