"""Writes of reactions: give one, change it, take it back. One a person and thing, whatever is pressed at once."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from communities.access.pace import ask_pace
from communities.access.things import Thing
from communities.access.viewer import Viewer
from communities.activity.actions import record
from communities.reactions.changes import tell
from communities.reactions.models import EMOJI, Reaction


@transaction.atomic
def react(viewer: Viewer, *, thing: Thing, emoji: str, on: bool) -> None:
    """Says what shall be, not what shall change: twice the same is the same. Another sign takes the place of the first.

    Records reaction.given, once a person and thing. Raises PermissionDenied where the viewer may not, or the thing takes
    none, and TooMuch where somebody presses without end.
    """
    if not (thing.readable and thing.reactions and viewer.takes_part):
        raise PermissionDenied
    assert viewer.user_id is not None  # whoever takes part is signed in
    if emoji not in EMOJI:
        raise ValidationError({"emoji": _("There is no such sign here.")})
    ask_pace("react", viewer.user_id)
    kind, object_id = thing.kind, thing.id
    if on:
        sign = Reaction(
            community_id=thing.community_id,
            kind=kind,
            object_id=object_id,
            user_id=viewer.user_id,
            emoji=emoji,
            at=timezone.now(),
        )
        Reaction.objects.bulk_create(
            [sign],
            update_conflicts=True,
            unique_fields=["kind", "object_id", "user"],
            update_fields=["emoji", "at"],
        )
        key = f"reaction.given:{kind}:{object_id}:{viewer.user_id}"
        place, actor = thing.community_id, viewer.user_id
        record("reaction.given", community=place, actor=actor, kind=kind, object_id=object_id, key=key)
    else:
        mine = Reaction.objects.filter(kind=kind, object_id=object_id, user_id=viewer.user_id)
        mine.filter(emoji=emoji).delete()
    tell(thing.community_id, thing.kind, thing.id)


def erase_reactions(kind: str, object_id: int) -> None:
    """For a thing whose text is erased: nobody has said anything about it any more."""
    Reaction.objects.filter(kind=kind, object_id=object_id).delete()
