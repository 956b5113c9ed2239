"""Writes of the place: founding a community's rows, its look and settings, its spaces and rungs."""

from typing import Any

from django.db import models, transaction
from django.db.models import F, Value
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _

from communities.access.models import Opening
from communities.access.rules import gated_models, require
from communities.access.viewer import Viewer
from communities.activity.actions import record
from communities.spaces.models import Community, Rung, Space
from communities.ui import pagecache

LOOK_FIELDS = frozenset({"hue", "radius", "font", "logo", "cover"})


@transaction.atomic
def create_community(*, founder_id: int, **fields: Any) -> Community:
    """The rows of a new community: itself, the step every member stands on, and one public space. Records community.founded."""
    community = Community(**fields)
    community.full_clean()
    community.save()
    Rung.objects.create(community=community, level=10, slug="member", name=_("Member"))
    Space.objects.create(community=community, slug="journal", name=_("Journal"))
    record("community.founded", community=community, actor=founder_id, obj=community)
    pagecache.bump(None)
    return community


@transaction.atomic
def change_community(viewer: Viewer, *, community: Community, **fields: Any) -> None:
    """Look and settings. A change of look gives the stylesheet a new address. Records community.changed."""
    require(viewer, "manage", community)
    for name, value in fields.items():
        setattr(community, name, value)
    if LOOK_FIELDS & fields.keys():
        community.look_version += 1
    community.full_clean()
    community.save()
    record("community.changed", community=community, actor=viewer.user_id, obj=community)
    pagecache.bump(community.slug)


@transaction.atomic
def save_space(viewer: Viewer, *, space: Space) -> None:
    """Adds or changes a space; everything in it follows its rungs in one statement a model. Records space.saved."""
    require(viewer, "manage", space)
    space.full_clean()
    space.save()
    for model in gated_models():
        if any(field.name == "space" for field in model._meta.get_fields()):
            _follow_space(model, space)
    record("space.saved", community=space.community_id, actor=viewer.user_id, obj=space)
    pagecache.bump(space.community.slug)


def _follow_space(model: Any, space: Space) -> None:
    """model: a Gated with a `space`."""
    rows = model._default_manager.filter(space=space)
    rung: models.Expression = Greatest(F("own_rung"), F("own_listed_rung"), Value(space.rung))
    rows.update(rung=rung, listed_rung=Greatest(F("own_listed_rung"), Value(space.listed_rung)))
    Opening.objects.filter(kind=model.KIND, object_id__in=rows.values("pk")).update(
        rung=Greatest(F("own_rung"), Value(space.rung))
    )


@transaction.atomic
def save_rung(viewer: Viewer, *, rung: Rung) -> None:
    """Adds a step or renames one; the level of a step that exists never changes. Records rung.named."""
    require(viewer, "manage", rung)
    if rung.pk and Rung.objects.filter(pk=rung.pk).exclude(level=rung.level).exists():
        raise ValueError("Levels are never renumbered.")
    rung.full_clean()
    rung.save()
    record("rung.named", community=rung.community_id, actor=viewer.user_id, obj=rung, after=rung.level)
    pagecache.bump(rung.community.slug)
