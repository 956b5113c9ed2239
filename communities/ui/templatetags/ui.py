"""The template tags every page speaks with: faces, icons, times, kinds and measures. Nothing here asks the database."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, tzinfo
from functools import lru_cache
from typing import Any

from django import template
from django.template import Context
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from communities.ui.icons import ICONS

register = template.Library()

FACES = {"small": 24, "": 36, "large": 56, "huge": 96}
# Which size of an uploaded face stands there, sharp on a dense screen too.
FACE_FILES = {"small": 64, "": 128, "large": 128, "huge": 256}
# Translators: how dates are written, in the letters of Django's date filter. "moment" names its zone, since readers sit elsewhere.
WHEN = {
    "day": _lazy("j F Y"), "short": _lazy("j M"), "clock": _lazy("j M, H:i"),
    "moment": _lazy("D j M, H:i T"), "until": _lazy("D j M, H:i T"),
}  # fmt: skip


@register.simple_tag
@lru_cache(maxsize=1024)
def icon(name: str, label: str = "") -> SafeString:
    """A drawn sign; with a label it is an image of that name, without one it is decoration. An unknown name draws nothing."""
    inside = mark_safe(ICONS.get(name, ""))  # our own markup, never typed text
    if label:
        return format_html('<svg class="icon" viewBox="0 0 24 24" role="img" aria-label="{}">{}</svg>', label, inside)
    return format_html('<svg class="icon" viewBox="0 0 24 24" aria-hidden="true">{}</svg>', inside)


@register.simple_tag
def face(user: Any, size: str = "", alone: bool = False) -> SafeString:
    """The face of a person, their own picture or the drawn one. Beside the name it is decoration; `alone=True` gives it the name."""
    name = (getattr(user, "name", "") or _("Someone")) if alone else ""
    token = getattr(user, "face_token", "")
    return _face(getattr(user, "face_seed", 0) or 0, token, size if size in FACES else "", name)


@lru_cache(maxsize=4096)
def _face(seed: int, token: str, size: str, name: str) -> SafeString:
    return format_html(
        '<img class="{}" src="{}" alt="{}" width="{}" height="{}" loading="lazy" decoding="async">',
        f"face {size}".strip(),
        reverse("files:size", args=[token, FACE_FILES[size]]) if token else reverse("ui:face", args=[seed]),
        name,
        FACES[size],
        FACES[size],
    )


@register.simple_tag(takes_context=True)
def when(context: Context, value: datetime | date | None, form: str = "day") -> SafeString:
    """A moment as <time>: "day", "short", "moment" (day and clock) or "until" (a countdown joins it where scripts run).

    The text stands in the zone of the page's community; the page's script adds the reader's own."""
    if value is None:
        return SafeString()
    zone = getattr(context.get("community"), "zone", None)
    return _when(value, form, zone or timezone.get_current_timezone(), get_language())


@lru_cache(maxsize=4096)
def _when(value: datetime | date, form: str, zone: tzinfo, language: str | None) -> SafeString:
    """Kept by language as well, since a page of many moments is mostly the same moments again."""
    layout = str(WHEN.get(form, WHEN["day"]))
    if not isinstance(value, datetime):
        return format_html('<time datetime="{}">{}</time>', value.isoformat(), date_format(value, layout))
    local = timezone.localtime(value, zone) if timezone.is_aware(value) else value
    exact = value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if timezone.is_aware(value) else value.isoformat()
    return format_html('<time datetime="{}" data-when="{}">{}</time>', exact, form, date_format(local, layout))


@register.simple_tag
def kind(slug: str, label: str) -> SafeString:
    """The badge of a post's kind: its sign and its word."""
    return format_html('<span class="kind">{} {}</span>', icon(slug), label)


@register.simple_tag
def measures(post: Any) -> SafeString:
    """How long a post is, in the words that its own page and its teaser share: minutes, words, pictures."""
    parts = []
    if minutes := getattr(post, "minutes", 0):
        parts.append(("clock", ngettext("%(count)s minute", "%(count)s minutes", minutes) % {"count": minutes}))
    if words := getattr(post, "words", 0):
        parts.append(("words", ngettext("%(count)s word", "%(count)s words", words) % {"count": number(words)}))
    if pictures := getattr(post, "pictures", 0):
        parts.append(("picture", ngettext("%(count)s picture", "%(count)s pictures", pictures) % {"count": pictures}))
    items = format_html_join("", "<li>{} {}</li>", ((icon(sign), text) for sign, text in parts))
    return format_html('<ul class="measures">{}</ul>', items) if parts else SafeString()


@register.inclusion_tag("ui/_picture.html")
def picture(file: Any, sizes: str = "100vw", first: bool = False) -> dict[str, object]:
    """A stored picture in the sizes that exist; `first=True` for the one that the page opens with."""
    return {"file": file, "sizes": sizes, "first": first}


@register.filter
def chosen(links: Iterable[Any] | None) -> Any:
    """The one of several links that is where we are, or None."""
    for link in links or ():
        if link.get("current") if isinstance(link, dict) else getattr(link, "current", False):
            return link
    return None


@register.filter
def opening(posts: Iterable[Any]) -> Any:
    """What a front page opens with: the newest of its first stories that is open and has a picture, else the newest open one."""
    first = list(posts or ())[:8]
    pictured = (post for post in first if post.readable and post.cover)
    open_one = (post for post in first if post.readable)
    return next(pictured, None) or next(open_one, first[0] if first else None)


@register.filter
def number(value: int) -> str:
    """12,345 in the reader's own way."""
    return number_format(value, use_l10n=True, force_grouping=True)


@register.filter
def tone(hue: int) -> str:
    """The class that lends a part of a page the accent of a hue, where several communities share one page."""
    return f"tone-{round((int(hue or 0) % 360) / 10) % 36}"


@register.filter
def initial(name: str) -> str:
    """The letter on a mark that nobody has drawn yet."""
    return (str(name).strip()[:1] or "·").upper()
