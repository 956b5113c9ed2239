"""The signs somebody left on things: carried away, and erased where they want what they wrote to go."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from communities.people.portable import Leaver, Line, Section, moment, register_eraser, register_section
from communities.people.traveller import Traveller
from communities.reactions.models import Reaction
from communities.ui import pagecache


def _reactions(traveller: Traveller, rows: Sequence[Reaction]) -> list[Line]:
    about = traveller.things((row.community, row.kind, row.object_id) for row in rows)
    return [
        {
            "sign": row.emoji,
            "at": moment(row.at),
            "community": traveller.place(row.community),
            "thing": about.get((row.kind, row.object_id)) or f"{row.kind} {row.object_id}",
        }
        for row in rows
    ]


def erase_signs(leaver: Leaver) -> bool:
    """Kept without a name they still count; erased, they do not."""
    if leaver.erase:
        mine = Reaction.objects.filter(user=leaver.user)
        for slug in set(mine.values_list("community__slug", flat=True)):
            pagecache.bump(slug)
        mine.delete()
    return False


register_section(
    Section(
        "reactions",
        _("Your reactions"),
        ("reactions.Reaction",),
        lambda user: Reaction.objects.filter(user=user).select_related("community"),
        _reactions,
        35,
    )
)
register_eraser("reactions", erase_signs, order=30)
