"""Entry: what one thing says, once each, with the index over its words."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models

from content.search.engine import WordsField, WordsIndex


class Entry(models.Model):
    """id: made from its moment, so that newest first is the order of the index itself (`engine.key_of`).

    head: words for whoever may know of the thing; text: words for whoever reads it; both as they are shown, without marks.
    words: the same as PostgreSQL's index has it; SQLite keeps them in a table of its own.
    """

    id = models.BigIntegerField(primary_key=True)
    community = models.ForeignKey("spaces.Community", on_delete=models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=20)
    object_id = models.BigIntegerField()
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    at = models.DateTimeField()
    head = models.TextField(blank=True)
    text = models.TextField(blank=True)
    words = WordsField(null=True)

    objects: ClassVar[Any] = models.Manager()

    class Meta:
        verbose_name_plural = "entries"
        constraints = [models.UniqueConstraint(fields=["kind", "object_id"], name="entry_once")]
        indexes = [
            WordsIndex(fields=["words"], name="entry_words"),
            models.Index(fields=["community", "kind", "id"], name="entry_newest"),
        ]

    def __str__(self) -> str:
        return f"words of {self.kind} {self.object_id}"
