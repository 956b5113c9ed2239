"""App config."""

from django.apps import AppConfig


class PostsConfig(AppConfig):
    name = "content.posts"
    label = "posts"
    verbose_name = "Content: posts"
