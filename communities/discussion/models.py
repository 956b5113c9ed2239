"""Room, its messages, and the marker up to where somebody has read it."""

from typing import Any, ClassVar, Self

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Coalesce, Lower
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from communities.access.models import Block, Gated, GatedQuerySet, State, blocked_by
from communities.access.viewer import Viewer
from communities.comments.models import Written
from communities.members.models import MEMBER_LEVEL
from communities.spaces.models import Rung, free_slug, slug_shape


class RoomQuerySet(GatedQuerySet):
    def common(self) -> Self:
        """The rooms of the place; conversations between people are nobody else's business."""
        return self.filter(party="")

    def conversations(self) -> Self:
        return self.exclude(party="")

    def standing(self) -> Self:
        return self.filter(state=State.PUBLISHED)

    def in_order(self) -> Self:
        return self.order_by("position", "pk")


class Room(Gated):
    """A conversation that goes on. last: the highest number that a message got; rev: grows with every change in it, which is
    what a screen asks for after it was away. slow: seconds between two messages of one member.

    party: a conversation between people is a room that their passes alone open. Here stand their ids, in order, so that the
    same people always meet in the same one; once somebody has left it, its own number as well, so that nobody else's is found by
    that. It has no name of its own: each reads the others' (`direct.name_rooms`).
    """

    KIND = "room"
    quiets = True  # who is muted does not write here

    class Posting(models.TextChoices):
        MEMBERS = "members", _("every member who can read it")
        RUNG = "rung", _("members from a step up")
        TEAM = "team", _("the team; members react")
        READERS = "readers", _("the people whom it is between")

    slug = models.CharField(_("address"), max_length=48, validators=[slug_shape, free_slug])
    name = models.CharField(_("name"), max_length=60)
    about = models.CharField(_("what it is for"), max_length=300, blank=True)
    posting = models.CharField(_("who writes"), max_length=8, choices=Posting, default=Posting.MEMBERS)
    posting_rung = models.PositiveSmallIntegerField(_("writing from"), null=True, blank=True)
    slow = models.PositiveSmallIntegerField(
        _("seconds between two messages"), default=0, validators=[MaxValueValidator(3600)]
    )
    position = models.PositiveSmallIntegerField(default=0)
    party = models.CharField(max_length=160, blank=True, default="", editable=False)
    last = models.PositiveIntegerField(default=0)
    rev = models.PositiveBigIntegerField(default=0)
    spoken_at = models.DateTimeField(null=True, blank=True)
    unread: int  # of a list for a member

    objects: ClassVar[Any] = RoomQuerySet.as_manager()

    class Meta(Gated.Meta):
        constraints = [
            *Gated.Meta.constraints,
            models.UniqueConstraint(fields=["community", "slug"], name="room_slug_once"),
            models.UniqueConstraint(fields=["community", "party"], condition=~Q(party=""), name="room_once_a_party"),
            models.CheckConstraint(
                condition=~Q(posting="rung") | Q(posting_rung__isnull=False), name="room_posting_rung_given"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def team_q(cls) -> Q:
        """What people say to each other is not the team's to read."""
        return super().team_q() & Q(party="")

    @classmethod
    def _own_q(cls, viewer: Viewer) -> Q:
        """A room is nobody's own: whoever opened it, and is of the team no more, reads as they stand today."""
        return cls.team_q() if viewer.is_team else Q(pk__in=[])

    @property
    def step(self) -> Rung | None:
        """The lowest that opens it, where that is more than being a member; needs `community` loaded."""
        return self.community.rungs.filter(level__gte=self.rung).first() if self.rung > MEMBER_LEVEL else None

    @property
    def direct(self) -> bool:
        """Is it between people?"""
        return bool(self.party)

    @property
    def part(self) -> str:
        """The module that it belongs to, which an owner may switch off."""
        return "messages" if self.party else "rooms"

    @property
    def people_ids(self) -> list[int]:
        """Whom it is between, those who closed their account too."""
        return [int(one) for one in self.party.partition("-")[0].split(".")] if self.party else []

    @property
    def url(self) -> str:
        """Needs `community` loaded."""
        return reverse("discussion:room", args=[self.community.slug, self.slug])

    @property
    def topic(self) -> str:
        """Its name on the socket."""
        return f"{self.KIND}:{self.pk}"


class Topic(models.Model):
    """What some messages of a room are about, so that fast talk is found again; one of a name in a room, whatever its capitals.

    last: the number of its latest message. rev: the room's counter when it was last called otherwise. title "" : whoever named it
    took their words along.
    """

    KIND = "room_topic"

    community = models.ForeignKey("spaces.Community", on_delete=models.CASCADE, related_name="+")
    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="topics")
    title = models.CharField(_("topic"), max_length=80, blank=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    rev = models.PositiveBigIntegerField(default=0)
    last = models.PositiveIntegerField(default=0)
    spoken_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint("room", Lower("title"), condition=~Q(title=""), name="topic_once_a_title"),
        ]
        indexes = [
            models.Index(fields=["room", "-last"], name="topic_lively"),
            models.Index(fields=["room", "rev"], name="topic_changes"),
        ]

    def __str__(self) -> str:
        return self.title or gettext("without a name")

    @property
    def url(self) -> str:
        """Needs `room` with its `community` loaded."""
        return f"{self.room.url}topics/{self.pk}/"


class MessageQuerySet(models.QuerySet):
    def standing(self) -> Self:
        return self.filter(state=State.PUBLISHED)

    def seen_by(self, viewer: Viewer) -> Self:
        """Of a room that the viewer may read: what stands, and for its author and the team what a moderator hid. Of a
        conversation nobody is the team."""
        own = Q(author_id=viewer.user_id) if viewer.signed_in else Q(pk__in=[])
        if viewer.is_team:
            own |= Q(room__party="")
        return self.said().filter(Q(state=State.PUBLISHED) | (Q(state=State.HIDDEN) & own))

    def said(self) -> Self:
        """What has words: one answers it, signs it, reports it."""
        return self.filter(left=False)

    def without_blocked(self, viewer: Viewer) -> Self:
        """Not what somebody wrote whom the viewer blocks; in a conversation what was said before the block stays (R7)."""
        if not viewer.signed_in:
            return self
        said_at = Coalesce(OuterRef("edited_at"), OuterRef("created_at"))
        later = Block.objects.filter(
            user_id=viewer.user_id or 0, blocked_id=OuterRef("author_id"), created_at__lt=said_at
        )
        return self.exclude(Q(room__party="") & Q(author_id__in=blocked_by(viewer))).exclude(Exists(later))


class Message(Written):
    """number: its place in the room, given once. rev: the room's counter when it last changed (a word, a sign, its state).

    answers: the message that it replies to. topic: what it is about, where that has a name. attached: how many files hang on it;
    with some, its text may be empty. left: no words, but that its author left the conversation then.
    """

    KIND = "message"

    community = models.ForeignKey("spaces.Community", on_delete=models.CASCADE, related_name="+")
    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="messages")
    number = models.PositiveIntegerField()
    rev = models.PositiveBigIntegerField()
    answers = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    topic = models.ForeignKey(Topic, null=True, blank=True, on_delete=models.SET_NULL, related_name="messages")
    by_team = models.BooleanField(default=False)
    attached = models.PositiveSmallIntegerField(default=0)
    left = models.BooleanField(default=False, editable=False)
    seat: Any = None  # how its author stands here (`members.named`), where that was loaded already

    objects: ClassVar[Any] = MessageQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["room", "number"], name="message_once_a_number"),
            models.UniqueConstraint(fields=["author", "request"], name="message_once_a_request"),
        ]
        indexes = [
            models.Index(fields=["room", "rev"], name="message_changes"),
            models.Index(fields=["topic", "number"], name="message_in_topic"),
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


class TopicMark(models.Model):
    """Somebody has read a topic up to that number, further than the rest of its room."""

    topic = models.ForeignKey(Topic, on_delete=models.CASCADE, related_name="marks")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    number = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["topic", "user"], name="topic_mark_once")]

    def __str__(self) -> str:
        return f"{self.user_id} read topic {self.topic_id} up to {self.number}"
