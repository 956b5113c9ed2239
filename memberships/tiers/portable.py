"""The tiers somebody holds or held: carried away; the words of whoever gave one go when they leave."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from communities.people.portable import (
    Leaver,
    Line,
    Section,
    moment,
    register_eraser,
    register_not_personal,
    register_section,
)
from communities.people.traveller import Traveller
from memberships.tiers.models import Grant


def _grants(traveller: Traveller, rows: Sequence[Grant]) -> list[Line]:
    lines = []
    for row in rows:
        place = traveller.place(row.member.community)
        lines.append(
            {
                "community": place,
                "name": row.tier.name if place else None,
                "source": row.source,
                "reason": row.reason,
                "starts_at": moment(row.starts),
                "ends_at": moment(row.ends),
            }
        )
    return lines


def erase_reasons(leaver: Leaver) -> bool:
    Grant.objects.filter(member__user=leaver.user).update(reason="")
    return False


register_section(
    Section(
        "grants",
        _("Tiers you hold or held"),
        ("tiers.Grant",),
        lambda user: Grant.objects.filter(member__user=user).select_related("member__community", "tier"),
        _grants,
        14,
    )
)
register_not_personal(
    {
        "tiers.Due": "What a community promised and kept, in public; whoever delivered it is named by their account alone.",
        "tiers.Change": "How a tier was changed, in public; whoever changed it is named by their account alone.",
    }
)
register_eraser("reasons of grants", erase_reasons, order=60)
