"""App config: the index hears of every word that changes."""

from django.apps import AppConfig


class SearchConfig(AppConfig):
    name = "content.search"
    label = "search"
    verbose_name = "Content: search"

    def ready(self) -> None:
        from communities.access.words import register_words_listener
        from content.search.actions import listen

        register_words_listener(listen)
