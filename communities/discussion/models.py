"""Room, its messages, and the marker up to where somebody has read it."""

from typing import Any, ClassVar, Self

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from communities.access.models import Gated, GatedQuerySet, State, blocked_by
from communities.access.viewer import Viewer
from communities.comments.models import Written
from communities.spaces.models import free_slug, slug_shape


class RoomQuerySet(GatedQuerySet):
    def standing(self) -> Self:
        return self.filter(state=State.PUBLISHED)

    def in_order(self) -> Self:
        return self.order_by("position", "pk")


class Room(Gated):
    """A conversation that goes on. last: the highest number that a message got; rev: grows with every change in it, which is
    what a screen asks for after it was away. slow: seconds between two messages of one member.
    """

    KIND = "room"

    class Posting(models.TextChoices):
        MEMBERS = "members", _("every member who can read it")
        RUNG = "rung", _("members from a step up")
        TEAM = "team", _("the team; members react")

    slug = models.CharField(_("address"), max_length=48, validators=[slug_shape, free_slug])
    name = models.CharField(_("name"), max_length=60)
    about = models.CharField(_("what it is for"), max_length=300, blank=True)
    posting = models.CharField(_("who writes"), max_length=8, choices=Posting, default=Posting.MEMBERS)
    posting_rung = models.PositiveSmallIntegerField(_("writing from"), null=True, blank=True)
    slow = models.PositiveSmallIntegerField(
        _("seconds between two messages"), default=0, validators=[MaxValueValidator(3600)]
    )
    position = models.PositiveSmallIntegerField(default=0)
    last = models.PositiveIntegerField(default=0)
    rev = models.PositiveBigIntegerField(default=0)
    spoken_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[Any] = RoomQuerySet.as_manager()

    class Meta(Gated.Meta):
        constraints = [
            *Gated.Meta.constraints,
            models.UniqueConstraint(fields=["community", "slug"], name="room_slug_once"),
            models.CheckConstraint(
                condition=~Q(posting="rung") | Q(posting_rung__isnull=False), name="room_posting_rung_given"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def _own_q(cls, viewer: Viewer) -> Q:
        """A room is nobody's own: whoever opened it, and is of the team no more, reads as they stand today."""
        return Q(state__in=[State.PUBLISHED, State.HIDDEN]) if viewer.is_team else Q(pk__in=[])

    @property
    def url(self) -> str:
        """Needs `community` loaded."""
        return reverse("discussion:room", args=[self.community.slug, self.slug])

    @property
    def topic(self) -> str:
        """Its name on the socket."""
        return f"{self.KIND}:{self.pk}"


class MessageQuerySet(models.QuerySet):
    def standing(self) -> Self:
        return self.filter(state=State.PUBLISHED)

    def seen_by(self, viewer: Viewer) -> Self:
        """Of a room that the viewer may read: what stands, and for its author and the team what a moderator hid."""
        own = Q(author_id=viewer.user_id) if viewer.signed_in else Q(pk__in=[])
        return self.filter(Q(state=State.PUBLISHED) | (Q(state=State.HIDDEN) & (Q() if viewer.is_team else own)))

    def without_blocked(self, viewer: Viewer) -> Self:
        return self.exclude(author_id__in=blocked_by(viewer)) if viewer.signed_in else self


class Message(Written):
    """number: its place in the room, given once. rev: the room's counter when it last changed (a word, a sign, its state).

    answers: the message that it replies to.
    """

    KIND = "message"

    community = models.ForeignKey("spaces.Community", on_delete=models.CASCADE, related_name="+")
    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="messages")
    number = models.PositiveIntegerField()
    rev = models.PositiveBigIntegerField()
    answers = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    by_team = models.BooleanField(default=False)

    objects: ClassVar[Any] = MessageQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["room", "number"], name="message_once_a_number"),
            models.UniqueConstraint(fields=["author", "request"], name="message_once_a_request"),
        ]
        indexes = [
            models.Index(fields=["room", "rev"], name="message_changes"),
            models.Index(fields=["community", "author", "-created_at"], name="message_by_author"),
        ]

    def __str__(self) -> str:
        return f"message {self.pk}"

    @property
    def url(self) -> str:
        """Its own page; needs `room` and `community` loaded."""
        return reverse("discussion:message", args=[self.community.slug, self.room.slug, self.number])


class MessageRevision(models.Model):
    """What a message said before it was edited."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="revisions")
    source = models.TextField()
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"before {self.at:%Y-%m-%d %H:%M}"


class Marker(models.Model):
    """Up to which number somebody has read a room, when they last wrote there, and how loud it is to them."""

    class Level(models.TextChoices):
        ALL = "all", _("every message")
        CALLS = "calls", _("when somebody calls me")
        NONE = "none", _("nothing")

    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="markers")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    number = models.PositiveIntegerField(default=0)
    said_at = models.DateTimeField(null=True, blank=True)
    level = models.CharField(max_length=5, choices=Level, default=Level.CALLS)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["room", "user"], name="marker_once")]

    def __str__(self) -> str:
        return f"{self.user_id} read {self.room_id} up to {self.number}"
