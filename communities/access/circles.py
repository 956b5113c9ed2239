"""Circles: the audiences that people choose among for what they say about themselves."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from communities.access.viewer import Viewer


class Circle(models.TextChoices):
    PUBLIC = "public", _("everybody")
    MEMBERS = "members", _("members")
    TEAM = "team", _("the team")
    ME = "me", _("only me")


def circles_of(viewer: Viewer, person_id: int | None = None) -> frozenset[str]:
    """The circles around this person that the viewer stands in: everything where it is themselves.

    person_id None: around anybody else. A suspended member stands outside, as a visitor does.
    """
    if viewer.signed_in and viewer.user_id == person_id:
        return frozenset(Circle.values)
    if viewer.is_team:
        return frozenset({Circle.PUBLIC, Circle.MEMBERS, Circle.TEAM})
    return frozenset({Circle.PUBLIC, Circle.MEMBERS} if viewer.is_member else {Circle.PUBLIC})
