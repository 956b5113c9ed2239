"""A person in a line: the name, where it leads, and what they are here. Nothing here asks the database."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from communities.members.named import Seat
from communities.ui.templatetags.ui import face

register = template.Library()


@register.simple_tag
def named(user: Any, seat: Seat | None = None) -> SafeString:
    """The name, linked to their page where `seat` says that they have one, with title or role. Seats: `members.named`."""
    if seat is None:
        return format_html('<b dir="auto">{}</b>', user)
    name = format_html('<a class="name" href="{}"><b dir="auto">{}</b></a>', seat.url, user)
    return format_html("{}{}", name, _badge(seat))


def _badge(seat: Seat) -> SafeString:
    if not seat.badge:
        return SafeString()
    return format_html(' <span class="badge{}" dir="auto">{}</span>', " team" if seat.team else "", seat.badge)


@register.simple_tag
def person(user: Any, seat: Seat | None = None, size: str = "") -> SafeString:
    """Face, name and title or role in one line."""
    return format_html('<span class="who">{}<span>{}</span></span>', face(user, size), named(user, seat))
