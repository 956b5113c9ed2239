"""The kinds of post: their words, their icon, and the fields that only they have."""

from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Detail:
    """One field of a kind. shown_to: "listed" stands on the teaser too, "readable" only where the body does."""

    name: str
    label: Promise
    type: str  # text | url | datetime | number
    shown_to: str = "readable"
    help: str = ""
    required: bool = False


@dataclass(frozen=True, slots=True)
class Kind:
    """prompt: what the writing page asks somebody who came to write one of these."""

    slug: str
    label: Promise
    icon: str
    details: tuple[Detail, ...] = field(default=())
    prompt: str | Promise = ""


KINDS: dict[str, Kind] = {
    kind.slug: kind
    for kind in (
        Kind("update", _("Update"), "note"),
        Kind(
            "hello",
            _("Introduction"),
            "hello",
            prompt=_(
                "What do you make? What brought you here, and what would you like to get better at? A picture says a lot."
            ),
        ),
        Kind("behind", _("Behind the scenes"), "lamp"),
        Kind(
            "early",
            _("Early drop"),
            "spark",
            (
                Detail("pieces", _("How many there are"), "number", "listed"),
                Detail("link", _("Where to get it"), "url"),
            ),
        ),
        Kind(
            "question",
            _("Question"),
            "question",
            (Detail("until", _("Answers wanted until"), "datetime", "listed"),),
        ),
        Kind("idea", _("Idea"), "bulb", (Detail("changes", _("What would change"), "text", "listed"),)),
        Kind(
            "offer",
            _("Offer"),
            "tag",
            (
                Detail("link", _("Link"), "url", required=True),
                Detail("until", _("Good until"), "datetime", "listed"),
                Detail("code", _("Code"), "text"),
            ),
        ),
        Kind(
            "lesson",
            _("Lesson"),
            "book",
            (
                Detail("minutes", _("Minutes to do it"), "number", "listed"),
                Detail("needs", _("What you need"), "text", "listed"),
            ),
        ),
    )
}
CHOICES = [(kind.slug, kind.label) for kind in KINDS.values()]
