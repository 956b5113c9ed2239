"""Gated, the base of everything with an audience, its two reads, and the exceptions beside the ladder: Opening and Pass."""

import datetime as dt
from typing import ClassVar, Self, cast

from django.conf import settings
from django.db import models
from django.db.models import BooleanField, Exists, ExpressionWrapper, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from communities.access.predicate import Predicate, Rule
from communities.access.viewer import Viewer

NOBODY = 32_767  # a rung on which nobody stands: what lies there is opened by a pass alone


class State(models.TextChoices):
    DRAFT = "draft", _("draft")
    PUBLISHED = "published", _("published")
    HIDDEN = "hidden", _("hidden by a moderator")
    REMOVED = "removed", _("removed")


class Opening(models.Model):
    """From `at` on, this thing is readable from `rung` up. `own_rung` keeps what the author chose."""

    kind = models.CharField(max_length=20)
    object_id = models.BigIntegerField()
    own_rung = models.PositiveSmallIntegerField()
    rung = models.PositiveSmallIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "object_id", "own_rung"], name="opening_once_a_rung"),
        ]
        indexes = [models.Index(fields=["at"], name="opening_at")]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id} from rung {self.rung} at {self.at:%Y-%m-%d %H:%M}"


class Pass(models.Model):
    """One person may read one thing, whatever their rung: a purchase, an invitation, a gift.

    Whoever writes one bumps the community's page version, or it takes a minute to show on streams.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="passes")
    kind = models.CharField(max_length=20)
    object_id = models.BigIntegerField()
    source = models.CharField(max_length=40)
    starts = models.DateTimeField(default=timezone.now)
    ends = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "passes"
        constraints = [
            models.UniqueConstraint(fields=["user", "kind", "object_id", "source"], name="pass_once_a_source"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} may read {self.kind} {self.object_id}"


class Block(models.Model):
    """`user` does not want to see or hear `blocked`, anywhere in the installation. A block hides, it never forbids."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="blocks")
    blocked = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "blocked"], name="block_once"),
            models.CheckConstraint(condition=~Q(user=F("blocked")), name="block_somebody_else"),
        ]
        indexes = [models.Index(fields=["blocked", "user"], name="block_by_blocked")]

    def __str__(self) -> str:
        return f"{self.user_id} blocks {self.blocked_id}"


def passes_at(now: dt.datetime) -> models.QuerySet[Pass]:
    """Those that open something at that moment."""
    return Pass.objects.filter(Q(ends__isnull=True) | Q(ends__gt=now), starts__lte=now)


def blocked_by(viewer: Viewer) -> models.QuerySet:
    """The ids of whom this viewer blocks, as a subquery; nobody's for a visitor."""
    return Block.objects.filter(user_id=viewer.user_id or 0).values("blocked_id")


def who_blocks(user_id: int | None) -> models.QuerySet:
    """The ids of whoever blocks this person, as a subquery: they are told nothing of what this person does."""
    return Block.objects.filter(blocked_id=user_id or 0).values("user_id")


class GatedQuerySet(models.QuerySet):
    """The two reads of everything that can be gated; both are one SQL predicate, true at the minute."""

    def _gated(self) -> "type[Gated]":
        return cast("type[Gated]", self.model)

    def listed_to(self, viewer: Viewer) -> Self:
        """What this viewer may know to exist: title, teaser, facts."""
        return self.filter(self._gated().listed_q(viewer))

    def readable_by(self, viewer: Viewer, *, at: dt.datetime | None = None) -> Self:
        """What this viewer may open: body, files, comments, counts. at: as it was open at that moment, with today's rung."""
        return self.filter(self._gated().readable_q(viewer, at=at))

    def without_blocked(self, viewer: Viewer) -> Self:
        """Lists leave out what people wrote whom this viewer blocks; a straight address still opens."""
        return self.exclude(author_id__in=blocked_by(viewer)) if viewer.signed_in else self

    def for_desk(self) -> Self:
        """What the admin may show of it at all: what a team reads."""
        return self.filter(self._gated().team_q())

    def with_readable(self, viewer: Viewer) -> Self:
        """Annotates `readable`, so that a list can show teasers and bodies side by side in one query."""
        return self.annotate(readable=ExpressionWrapper(self._gated().readable_q(viewer), output_field=BooleanField()))


class Gated(models.Model):
    """A row with an audience. `own_*` is the author's choice; `rung` and `listed_rung` are the greater of it and the space's.

    The invariant `listed_rung <= every Opening.rung` and `listed_rung <= rung` makes everything readable also listed.
    """

    KIND: ClassVar[str]

    community = models.ForeignKey("spaces.Community", on_delete=models.PROTECT, related_name="+")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=12, choices=State, default=State.DRAFT)
    opens_at = models.DateTimeField(null=True, blank=True)
    own_rung = models.PositiveSmallIntegerField(default=0)
    rung = models.PositiveSmallIntegerField(default=0)
    own_listed_rung = models.PositiveSmallIntegerField(default=0)
    listed_rung = models.PositiveSmallIntegerField(default=0)
    readable: bool  # of a row that was asked for `with_readable`

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(condition=Q(listed_rung__lte=F("rung")), name="%(class)s_readable_is_listed"),
            models.CheckConstraint(
                condition=Q(state="draft") | Q(opens_at__isnull=False), name="%(class)s_published_has_a_date"
            ),
        ]

    @property
    def has_steps(self) -> bool:
        """Is it anything but open to everybody from its first minute on?"""
        return self.rung > 0

    def is_plainly_open_to(self, viewer: Viewer) -> bool:
        """The cheap test: true for what is out and not above the viewer's rung. Where it is false, `readable_by` knows more:
        a pass, an opening, one's own. Needs `community` loaded for a viewer of pages across communities."""
        if viewer.standing == "shut" or self.state != State.PUBLISHED or self.opens_at is None:
            return False
        here = self.community.listed if viewer.community_id is None else self.community_id == viewer.community_id
        return here and self.rung <= viewer.rung and self.opens_at <= timezone.now()

    @classmethod
    def _place_q(cls, viewer: Viewer) -> Q:
        if viewer.standing == "shut":
            return Q(pk__in=[])
        if viewer.community_id is None:
            return Q(community__listed=True)
        return Q(community_id=viewer.community_id)

    @classmethod
    def team_q(cls) -> Q:
        """What the team of a community reads, whatever its audience: no drafts, which are their author's, and nothing that was
        removed. A kind that can be private between people takes that out here."""
        return Q(state__in=[State.PUBLISHED, State.HIDDEN])

    @classmethod
    def _own_q(cls, viewer: Viewer) -> Q:
        """One's own, and for the team also what is scheduled or hidden; nobody reads what was removed."""
        own = Q(author_id=viewer.user_id) & ~Q(state=State.REMOVED) if viewer.signed_in else Q(pk__in=[])
        return own | cls.team_q() if viewer.is_team else own

    @classmethod
    def _pass_q(cls, viewer: Viewer, now: dt.datetime) -> Q:
        if viewer.user_id is None:
            return Q(pk__in=[])
        return Q(Exists(passes_at(now).filter(user_id=viewer.user_id, kind=cls.KIND, object_id=OuterRef("pk"))))

    @classmethod
    def out_q(cls, now: dt.datetime) -> Q:
        """What has come out by that moment and stands."""
        return Q(state=State.PUBLISHED, opens_at__lte=now)

    @classmethod
    def listed_q(cls, viewer: Viewer) -> Q | Predicate:
        return cls._ask(_listed, viewer, timezone.now())

    @classmethod
    def readable_q(cls, viewer: Viewer, *, at: dt.datetime | None = None) -> Q | Predicate:
        return cls._ask(_readable, viewer, at or timezone.now())

    @classmethod
    def _ask(cls, rule: Rule, viewer: Viewer, now: dt.datetime) -> Q | Predicate:
        """Across communities the question joins theirs, and to whom everything is shut none is asked at all: both stay a Q."""
        if viewer.community_id is None or viewer.standing == "shut":
            return rule(cls, viewer, now)
        return Predicate(cls, rule, viewer, now)


def _listed(model: type[Gated], viewer: Viewer, now: dt.datetime) -> Q:
    low = Q(listed_rung__lte=viewer.rung) | model._pass_q(viewer, now)
    return model._place_q(viewer) & ((model.out_q(now) & low) | model._own_q(viewer))


def _readable(model: type[Gated], viewer: Viewer, now: dt.datetime) -> Q:
    opened = Opening.objects.filter(kind=model.KIND, object_id=OuterRef("pk"), rung__lte=viewer.rung, at__lte=now)
    low = Q(rung__lte=viewer.rung) | Q(Exists(opened)) | model._pass_q(viewer, now)
    return model._place_q(viewer) & ((model.out_q(now) & low) | model._own_q(viewer))
