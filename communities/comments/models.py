"""Thread (the talk under one thing), Comment, its revisions and mentions; Written is what comments share with messages to come."""

import uuid
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from communities.access.models import State, blocked_by
from communities.access.viewer import Viewer


class Thread(models.Model):
    """One for each thing that is talked about. count: comments that stand there; last: the highest number given;
    rev: grows with everything that changes in it; own_rev: its rev when signs on the thing itself, or whether it is closed,
    changed last. closed: nobody writes any more, everybody reads."""

    community = models.ForeignKey("spaces.Community", on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=20)
    object_id = models.BigIntegerField()
    count = models.PositiveIntegerField(default=0)
    last = models.PositiveIntegerField(default=0)
    rev = models.PositiveIntegerField(default=0)
    own_rev = models.PositiveIntegerField(default=0)
    closed = models.BooleanField(default=False)
    answered_at = models.DateTimeField(null=True, blank=True)
    spoken_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "object_id"], name="thread_once")]
        indexes = [models.Index(fields=["community", "-spoken_at"], name="thread_lively")]

    def __str__(self) -> str:
        return f"talk under {self.kind} {self.object_id}"


class Written(models.Model):
    """A text that somebody wrote: source as typed, html as it was rendered when saved. request: sending twice is one text."""

    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    source = models.TextField(max_length=20_000)
    html = models.TextField()
    state = models.CharField(max_length=12, choices=State, default=State.PUBLISHED)
    request = models.UUIDField(default=uuid.uuid4, editable=False)
    created_at = models.DateTimeField(default=timezone.now)
    edited_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True


class CommentQuerySet(models.QuerySet):
    def standing(self) -> Self:
        return self.filter(state=State.PUBLISHED)

    def seen_by(self, viewer: Viewer) -> Self:
        """Of a thread that the viewer may read: what stands, and for its author and the team what a moderator hid."""
        own = Q(author_id=viewer.user_id) if viewer.signed_in else Q(pk__in=[])
        if viewer.is_team:
            own = Q()
        return self.filter(Q(state=State.PUBLISHED) | (Q(state=State.HIDDEN) & own))

    def without_blocked(self, viewer: Viewer) -> Self:
        return self.exclude(author_id__in=blocked_by(viewer)) if viewer.signed_in else self


class Comment(Written):
    """number: its place in the thread, given once. root: the number of the comment that its branch hangs on (its own for a
    comment on the thing itself); answers: the comment that it replies to. rev: its thread's when it last changed."""

    KIND = "comment"

    community = models.ForeignKey("spaces.Community", on_delete=models.CASCADE, related_name="+")
    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="comments")
    number = models.PositiveIntegerField()
    root = models.PositiveIntegerField()
    rev = models.PositiveIntegerField(default=0)
    answers = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    by_team = models.BooleanField(default=False)
    answered: bool  # these three: of the rows of a page (`pages.py`)
    to_name: str
    to_author: int | None

    objects: ClassVar = CommentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["thread", "number"], name="comment_once_a_number"),
            models.UniqueConstraint(fields=["author", "request"], name="comment_once_a_request"),
        ]
        indexes = [
            models.Index(fields=["thread", "root", "number"], name="comment_branches"),
            models.Index(fields=["community", "author", "-created_at"], name="comment_by_author"),
            models.Index(fields=["thread", "rev"], name="comment_changes"),
        ]

    def __str__(self) -> str:
        return f"comment {self.pk}"

    @property
    def url(self) -> str:
        """Needs `community` loaded. It leads to the page of the talk on which the comment stands."""
        return reverse("comments:comment", args=[self.community.slug, self.pk])

    @property
    def is_branch(self) -> bool:
        return self.number == self.root


class Revision(models.Model):
    """What a comment said before it was edited."""

    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="revisions")
    source = models.TextField()
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"before {self.at:%Y-%m-%d %H:%M}"


class Mention(models.Model):
    """This text calls that person by name; the row makes it happen once, however often the text is edited."""

    kind = models.CharField(max_length=20)
    object_id = models.BigIntegerField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "object_id", "user"], name="mention_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id} calls {self.user_id}"


class Quote(models.Model):
    """A text that links to a comment, mostly to quote it: the name over those words is found again when its owner leaves."""

    text = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="+")
    of = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["text", "of"], name="quote_once")]

    def __str__(self) -> str:
        return f"comment {self.text_id} quotes {self.of_id}"


class Follow(models.Model):
    """This person hears of new comments in the thread: by writing in it, or by asking to."""

    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="follows")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["thread", "user"], name="follow_once")]

    def __str__(self) -> str:
        return f"{self.user_id} follows {self.thread_id}"
