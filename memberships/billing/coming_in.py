"""Buying one's way in, where the door is a step that is paid: who may go to the till, and the place that waits for them meanwhile."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from communities.members.guidelines import has_accepted
from communities.members.models import Member, Standing
from communities.members.seats import free_places, seat_payer, take_turn
from communities.spaces.models import Community
from memberships.billing.models import Attempt, Subscription


def hindrance(user: Any, place: Community) -> str:
    """Why somebody who is no member cannot go to the till now; "" where they can."""
    if place.join_mode != Community.Join.PAID:
        return _("Come in first, then choose your step.")
    if not has_accepted(user, place):
        return _("First the guidelines: everybody here agreed to them. Then choose your step.")
    return "" if _has_place(user, place.pk) else _full()


def hold_place(user: Any, place: Community) -> None:
    """The open attempt of somebody who is no member yet holds a place for them. Inside the transaction that makes it."""
    if place.join_mode != Community.Join.PAID or _is_in(user, place.pk):
        return
    take_turn(place.pk)
    if not _has_place(user, place.pk):
        raise ValidationError(_full())


def come_in(row: Subscription) -> None:
    """What is certain to be paid opens the door, whatever its mode is by now; nobody comes in whose account is gone."""
    if row.user.is_active and row.user.left_at is None:
        seat_payer(row.user, row.community)


def _has_place(user: Any, community_id: int) -> bool:
    free = free_places(community_id)
    if free is None:
        return True
    members = Member.objects.filter(community=community_id).exclude(standing=Standing.LEFT).values("user")
    paying = Attempt.objects.filter(
        community=community_id, status=Attempt.Status.OPEN, expires_at__gt=timezone.now()
    ).exclude(user__in=members)
    return paying.exclude(user=user).count() < free


def _is_in(user: Any, community_id: int) -> bool:
    return Member.objects.filter(community=community_id, user=user).exclude(standing=Standing.LEFT).exists()


def _full() -> str:
    return _("All places are taken, so nobody can pay for one now. As soon as somebody leaves, one is free again.")
