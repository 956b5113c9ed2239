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
from memberships.tiers.models import Ask, Gift, Grant, Pool, Tier


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


def _where(traveller: Traveller, tier: Tier) -> Line:
    place = traveller.place(tier.community)
    return {"community": place, "tier": tier.name if place else None}


def _gifts(traveller: Traveller, rows: Sequence[Gift]) -> list[Line]:
    """Who opened one that was given stays theirs to say."""
    return [
        {
            **_where(traveller, row.tier),
            "months": row.months,
            "message": row.message,
            "opens_on": row.opens_on.isoformat() if row.opens_on else None,
            "given_at": moment(row.created_at),
            "opened_at": moment(row.taken_at),
        }
        for row in rows
    ]


def _pools(traveller: Traveller, rows: Sequence[Pool]) -> list[Line]:
    return [
        {
            **_where(traveller, row.tier),
            "months": row.months,
            "seats": row.seats,
            "taken": row.taken,
            "at": moment(row.created_at),
        }
        for row in rows
    ]


def _asks(traveller: Traveller, rows: Sequence[Ask]) -> list[Line]:
    return [
        {
            **_where(traveller, row.tier),
            "words": row.words,
            "state": row.state,
            "asked_at": moment(row.asked_at),
            "settled_at": moment(row.settled_at),
        }
        for row in rows
    ]


def _sections() -> None:
    opened = lambda user: Gift.objects.filter(taken_by__user=user).select_related("tier__community")  # noqa: E731
    given = lambda user: Gift.objects.filter(giver=user).select_related("tier__community")  # noqa: E731
    pools = lambda user: Pool.objects.filter(giver=user).select_related("tier__community")  # noqa: E731
    asks = lambda user: Ask.objects.filter(member__user=user).select_related("tier__community")  # noqa: E731
    register_section(Section("gifts", _("Gifts you gave"), ("tiers.Gift",), given, _gifts, 14))
    register_section(Section("gifts_opened", _("Gifts you opened"), ("tiers.Gift",), opened, _gifts, 14))
    register_section(Section("seats", _("Seats you paid for"), ("tiers.Pool",), pools, _pools, 14))
    register_section(Section("asks", _("Seats you asked for"), ("tiers.Ask",), asks, _asks, 14))


def erase_reasons(leaver: Leaver) -> bool:
    Grant.objects.filter(member__user=leaver.user).update(reason="")
    Gift.objects.filter(giver=leaver.user).update(message="")
    Ask.objects.filter(member__user=leaver.user).update(words="")
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
_sections()
