"""Gifts: some months of a tier for whoever holds the link. Opening one, and when it begins where somebody holds the step already."""

import calendar
import datetime as dt
import secrets
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from communities.activity.actions import record
from communities.members.guidelines import has_accepted
from communities.members.models import Member, Standing
from communities.members.seats import free_places, seat_payer, take_turn
from communities.spaces.models import Community
from memberships.tiers.grants import drop_grant, end_grant, move_grant, put_grant, retire_grant
from memberships.tiers.models import Gift, Grant

SOURCE = Grant.Source.GIFT


@dataclass(frozen=True, slots=True)
class Plan:
    """When a gift would begin. starts None: it waits until `held`, which has no end, is over. held: what is in its way."""

    starts: dt.datetime | None
    ends: dt.datetime | None
    held: Grant | None = None


@transaction.atomic
def make_gift(
    *, tier_id: int, months: int, giver_id: int, ref: str, message: str = "", opens_on: dt.date | None = None
) -> Gift:
    """Once a ref. Records gift.made."""
    wanted = {"tier_id": tier_id, "months": months, "giver_id": giver_id, "message": message, "opens_on": opens_on}
    row, made = Gift.objects.get_or_create(ref=ref, defaults={**wanted, "token": secrets.token_urlsafe(18)})
    if made:
        _tell("gift.made", row, actor_id=giver_id)
    return row


@transaction.atomic
def open_gift(member: Member, gift: Gift) -> Plan:
    """It is theirs from now on, once; it begins when it is best for them. Records gift.opened. ValidationError says why not."""
    community = member.community
    if member.standing in (Standing.LEFT, Standing.SUSPENDED) or member.community_id != gift.tier.community_id:
        raise ValidationError(_("This gift is for members of %(place)s.") % {"place": gift.tier.community.name})
    if gift.voided_at is not None:
        raise ValidationError(_("The money for this gift went back, so it is no more."))
    if not is_open_on(gift, timezone.localdate(timezone=community.zone)):
        raise ValidationError(_("Not yet: it opens on its day."))
    now = timezone.now()
    mine = Gift.objects.filter(pk=gift.pk, taken_at__isnull=True, voided_at__isnull=True)
    if not mine.update(taken_by=member, taken_at=now):
        raise ValidationError(_("This gift has been opened already."))
    _tell("gift.opened", gift, actor_id=member.user_id)
    settle_gifts(member)
    begun = Grant.objects.filter(source=SOURCE, ref=ref_of(gift)).first()
    return Plan(begun.starts, begun.ends) if begun else Plan(None, None)


@transaction.atomic
def come_in_by(user: Any, gift: Gift) -> Plan:
    """Where the door is a step that is paid, a gift is paid: it lets in and is opened, both or nothing. ValidationError says why not."""
    place = gift.tier.community
    if not has_accepted(user, place):
        raise ValidationError(_("First the guidelines: everybody here agreed to them. Your gift waits for you."))
    take_turn(place.pk)
    if free_places(place.pk) == 0:
        raise ValidationError(
            _("All places are taken. Your gift waits: as soon as somebody leaves, one is free again.")
        )
    return open_gift(seat_payer(user, place), gift)


@transaction.atomic
def void_gift(ref: str) -> None:
    """All of its money is away: one that nobody opened is no more, one that was opened ends now. Records gift.voided."""
    row = Gift.objects.filter(ref=ref).select_related("tier__community", "taken_by").first()
    now = timezone.now()
    if row is None or not Gift.objects.filter(pk=row.pk, voided_at__isnull=True).update(voided_at=now):
        return
    _tell("gift.voided", row, actor_id=row.giver_id, once=False)
    held = _grant_of(row)
    if held is None:
        return
    if held.starts > now:
        drop_grant(held)
    else:
        ends = held.ends or now
        Gift.objects.filter(pk=row.pk).update(left=max(ends - now, dt.timedelta()))
        if ends > now:
            end_grant(held)
    settle_gifts(held.member)


@transaction.atomic
def restore_gift(ref: str) -> None:
    """The money came back: it can be opened, or what was left of it begins when it is best for whoever opened it. Records
    gift.restored."""
    row = Gift.objects.filter(ref=ref).select_related("tier__community", "taken_by__community").first()
    if row is None or not Gift.objects.filter(pk=row.pk, voided_at__isnull=False).update(voided_at=None):
        return
    _tell("gift.restored", row, actor_id=row.giver_id, once=False)
    if row.left and (held := _grant_of(row)) is not None:
        retire_grant(held)
    if row.taken_by is not None:
        settle_gifts(row.taken_by)


def _grant_of(gift: Gift) -> Grant | None:
    rows = Grant.objects.filter(source=SOURCE, ref=ref_of(gift))
    return rows.select_related("member__community", "tier__community").first()


def settle_gifts(member: Member) -> None:
    """Every opened gift of theirs that has not begun gets its moment anew, in the order they were opened.

    Called wherever what they hold otherwise changes, so that a gift neither runs beside what is paid nor waits for what is over.
    """
    taken = Gift.objects.filter(taken_by=member, voided_at__isnull=True).select_related("tier__community")
    rows = list(taken.order_by("taken_at", "pk"))
    if not rows:
        return
    now = timezone.now()
    grants = list(Grant.objects.filter(member=member).select_related("tier"))
    by_ref = {grant.ref: grant for grant in grants if grant.source == SOURCE}
    waiting = [row for row in rows if ref_of(row) not in by_ref or by_ref[ref_of(row)].starts > now]
    open_refs = {ref_of(row) for row in waiting}
    fixed = [one for one in grants if one.ref not in open_refs or one.source != SOURCE]
    for row in waiting:
        found, known = plan(row, fixed, now), by_ref.get(ref_of(row))
        if found.starts is None or found.ends is None:
            if known is not None:
                drop_grant(known)
            fixed.append(Grant(tier=row.tier, starts=now, ends=None))  # the next one waits behind it
            continue
        if known is None:
            known = put_grant(
                member=member, tier=row.tier, source=SOURCE, ref=ref_of(row), starts=found.starts, ends=found.ends
            )
        elif known.starts != found.starts:
            move_grant(known, starts=found.starts, ends=found.ends)
        fixed.append(known)


def plan(gift: Gift, held: list[Grant], now: dt.datetime) -> Plan:
    """At once where nothing as high is held; after what ends by itself; else it waits."""
    above = [one for one in held if one.tier.level >= gift.tier.level and (one.ends is None or one.ends > now)]
    for one in above:
        if one.ends is None:
            return Plan(None, None, one)
    last = max(above, key=lambda one: one.ends or now, default=None)
    starts = last.ends if last is not None and last.ends is not None else now
    ends = months_later(starts, gift.months, gift.tier.community) if gift.left is None else starts + gift.left
    return Plan(starts, ends, last)


def plan_for(gift: Gift, member: Member) -> Plan:
    """What would happen if they opened it now."""
    now = timezone.now()
    held = list(Grant.objects.filter(member=member).select_related("tier"))
    begun = {one.ref for one in held if one.source == SOURCE}
    before = Gift.objects.filter(taken_by=member, voided_at__isnull=True).select_related("tier")
    held += [Grant(tier=one.tier, starts=now, ends=None) for one in before if ref_of(one) not in begun]
    return plan(gift, held, now)


def plan_words(found: Plan, gift: Gift) -> str:
    """Said before they open it."""
    zone = gift.tier.community.zone
    day = lambda at: date_format(at.astimezone(zone), "j F Y")  # noqa: E731
    if found.starts is None or found.ends is None:
        paid = found.held is not None and found.held.source == Grant.Source.STRIPE
        if paid and found.held is not None:
            said = _("You pay for %(tier)s already. The gift waits for you, as long as it takes.") % {
                "tier": found.held.tier.name
            }
            return f"{said} {_('It begins the day that what you paid for is over.')}"
        return _("You hold this step already. The gift waits for you and begins the day that this is over.")
    days = {"from": day(found.starts), "until": day(found.ends)}
    if found.held is not None:
        return _("You hold this step until %(from)s already. The gift begins then and lasts until %(until)s.") % days
    return _("It begins at once and lasts until %(until)s. Nothing is taken when it is over.") % days


def is_open_on(gift: Gift, today: dt.date) -> bool:
    return gift.opens_on is None or gift.opens_on <= today


def waiting_gifts(user: Any) -> list[Gift]:
    """Gifts that somebody opened and that have not begun: behind what they hold. Two queries at most."""
    rows = Gift.objects.filter(taken_by__user=user, voided_at__isnull=True).select_related("tier__community")
    found = list(rows.order_by("taken_at", "pk")[:50])
    if not found:
        return []
    grants = Grant.objects.filter(source=SOURCE, ref__in=[ref_of(row) for row in found])
    starts = dict(grants.values_list("ref", "starts"))
    for row in found:
        row.__dict__["starts"] = starts.get(ref_of(row))
    now = timezone.now()
    return [row for row in found if (at := starts.get(ref_of(row))) is None or at > now]


def ref_of(gift: Gift) -> str:
    return f"gift:{gift.pk}"


def months_later(moment: dt.datetime, months: int, community: Community) -> dt.datetime:
    """The same day and hour on the community's wall, that many months on; the last of a month that has no such day."""
    here = moment.astimezone(community.zone)
    year, month = divmod(here.year * 12 + here.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return here.replace(year=year, month=month + 1, day=min(here.day, last)).astimezone(dt.UTC)


def _tell(verb: str, gift: Gift, *, actor_id: int | None, once: bool = True) -> None:
    record(
        verb,
        community=gift.tier.community_id,
        actor=actor_id,
        kind="gift",
        object_id=gift.pk,
        after=gift.months,
        key=f"{verb}:{gift.pk}" if once else None,
    )
