"""Community, its Spaces (places with an audience) and its Rungs (names for levels, which may leave gaps between them)."""

import zoneinfo

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from communities.access.models import NOBODY
from communities.ui.zones import known_timezone

RESERVED_SLUGS = frozenset({"new", "admin", "accounts", "me", "static", "f", "demo-mail", "look", "api"})


def free_slug(value: str) -> None:
    if value in RESERVED_SLUGS:
        raise ValidationError(_("“%(value)s” is kept for the site itself."), params={"value": value})


slug_shape = RegexValidator(
    r"^[a-z0-9](?:[a-z0-9-]{0,46}[a-z0-9])?$", _("Small letters, digits and hyphens, up to 48.")
)


class Community(models.Model):
    """One micro-community: its address, its look, its rules. `look_version` is in the stylesheet's URL and grows with each change.

    guidelines_version: of the newest Guidelines, 0 before there are any, so that no page asks for it.
    """

    class Radius(models.TextChoices):
        NONE = "none", _("square")
        SOFT = "soft", _("soft")
        ROUND = "round", _("round")

    class Font(models.TextChoices):
        SERIF = "serif", _("bookish")
        SANS = "sans", _("plain")
        SLAB = "slab", _("typewriter")

    class Join(models.TextChoices):
        OPEN = "open", _("whoever wants to")
        REQUEST = "request", _("whoever asks and is let in")
        INVITATION = "invitation", _("whoever is invited")
        PAID = "paid", _("whoever takes a step that is paid")

    slug = models.CharField(_("address"), max_length=48, unique=True, validators=[slug_shape, free_slug])
    name = models.CharField(_("name"), max_length=80)
    tagline = models.CharField(_("one line about it"), max_length=160, blank=True)
    about = models.TextField(_("about"), max_length=4000, blank=True)
    hue = models.PositiveSmallIntegerField(_("hue"), default=28, validators=[MaxValueValidator(359)])
    radius = models.CharField(_("corners"), max_length=5, choices=Radius, default=Radius.SOFT)
    font = models.CharField(_("titles"), max_length=5, choices=Font, default=Font.SERIF)
    logo = models.ForeignKey("files.File", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    cover = models.ForeignKey("files.File", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    look_version = models.PositiveIntegerField(default=1)
    modules = models.JSONField(_("modules switched off"), default=list, blank=True)
    join_mode = models.CharField(_("who joins"), max_length=10, choices=Join, default=Join.OPEN)
    join_note = models.CharField(
        _("how to get in"), max_length=300, blank=True, help_text=_("Shown at the door to whoever cannot just walk in.")
    )
    size_cap = models.PositiveIntegerField(_("most members"), null=True, blank=True, validators=[MinValueValidator(1)])
    timezone = models.CharField(_("time zone"), max_length=64, default="UTC", validators=[known_timezone])
    listed = models.BooleanField(_("visitors may know of it"), default=True)
    guidelines_version = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(default=now)

    class Meta:
        verbose_name_plural = _("communities")

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.timezone)

    @property
    def joins_at_once(self) -> bool:
        """One button and one is in: nothing to answer, nothing to agree to, nobody to ask."""
        return self.join_mode == self.Join.OPEN and not self.guidelines_version


class Rung(models.Model):
    """A named level of one community. Levels are never renumbered: gated rows carry them."""

    community = models.ForeignKey(Community, on_delete=models.CASCADE, related_name="rungs")
    level = models.PositiveSmallIntegerField(_("level"), validators=[MaxValueValidator(NOBODY - 1)])
    slug = models.CharField(_("address"), max_length=48, validators=[slug_shape])
    name = models.CharField(_("name"), max_length=60)
    about = models.CharField(_("who it is for"), max_length=300, blank=True)
    ways = models.CharField(_("how to get there without paying"), max_length=300, blank=True)

    class Meta:
        ordering = ["level"]
        constraints = [
            models.UniqueConstraint(fields=["community", "level"], name="rung_level_once"),
            models.UniqueConstraint(fields=["community", "slug"], name="rung_slug_once"),
            # What people write to each other lies on the rung of nobody: a step there would open all of it.
            models.CheckConstraint(condition=models.Q(level__lt=NOBODY), name="rung_below_nobody"),
        ]

    def __str__(self) -> str:
        return self.name


class Space(models.Model):
    """A place with an audience: nothing in it is open below `rung` or listed below `listed_rung`."""

    class Posting(models.TextChoices):
        TEAM = "team", _("the team")
        MEMBERS = "members", _("every member who can read it")
        RUNG = "rung", _("members from a step up")

    community = models.ForeignKey(Community, on_delete=models.CASCADE, related_name="spaces")
    slug = models.CharField(_("address"), max_length=48, validators=[slug_shape])
    name = models.CharField(_("name"), max_length=60)
    about = models.CharField(_("about"), max_length=300, blank=True)
    rung = models.PositiveSmallIntegerField(_("readable from"), default=0)
    listed_rung = models.PositiveSmallIntegerField(_("listed from"), default=0)
    posting = models.CharField(_("who posts"), max_length=8, choices=Posting, default=Posting.TEAM)
    posting_rung = models.PositiveSmallIntegerField(_("posting from"), null=True, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["community", "slug"], name="space_slug_once"),
            models.CheckConstraint(
                condition=models.Q(listed_rung__lte=models.F("rung")), name="space_readable_is_listed"
            ),
            models.CheckConstraint(
                condition=~models.Q(posting="rung") | models.Q(posting_rung__isnull=False),
                name="space_posting_rung_given",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Guidelines(models.Model):
    """What members agree to, version by version; a version is never changed, the newest one counts."""

    community = models.ForeignKey(Community, on_delete=models.CASCADE, related_name="guidelines")
    version = models.PositiveIntegerField()
    source = models.TextField(_("guidelines"), max_length=20_000)
    html = models.TextField()
    created_at = models.DateTimeField(default=now)

    class Meta:
        ordering = ["-version"]
        verbose_name_plural = _("guidelines")
        constraints = [models.UniqueConstraint(fields=["community", "version"], name="guidelines_once_a_version")]

    def __str__(self) -> str:
        return f"{self.community} v{self.version}"


class Topic(models.Model):
    """Something that members may pick when they come in: what they care about, or what they struggle with.

    slug is also the tag of the posts that are about it.
    """

    class Kind(models.TextChoices):
        INTEREST = "interest", _("interest")
        CHALLENGE = "challenge", _("challenge")

    community = models.ForeignKey(Community, on_delete=models.CASCADE, related_name="topics")
    kind = models.CharField(_("kind"), max_length=9, choices=Kind)
    slug = models.CharField(max_length=60)
    label = models.CharField(_("words"), max_length=60)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [models.UniqueConstraint(fields=["community", "kind", "slug"], name="topic_once")]

    def __str__(self) -> str:
        return self.label
