"""Seats that somebody paid for: asking for one, and handing them out in the order of asking, never one more than there are."""

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models import Count, F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from communities.activity.actions import record
from communities.members.models import Member, Standing
from communities.spaces.models import Community
from memberships.tiers.gifts import months_later
from memberships.tiers.grants import put_grant
from memberships.tiers.models import Ask, Grant, Pool, Tier

State = Ask.State


@transaction.atomic
def make_pool(*, tier_id: int, months: int, seats: int, giver_id: int, ref: str) -> Pool:
    """Once a ref; `hand_out` comes after, outside of its transaction. Records seats.funded with how many."""
    wanted = {"tier_id": tier_id, "months": months, "seats": seats, "giver_id": giver_id}
    row, made = Pool.objects.get_or_create(ref=ref, defaults=wanted)
    if made:
        about = {"kind": "pool", "object_id": row.pk, "after": seats, "key": f"seats.funded:{row.pk}"}
        record("seats.funded", community=row.tier.community_id, actor=giver_id, **about)  # type: ignore[arg-type]
    return row


@transaction.atomic
def void_pool(ref: str) -> None:
    """All of its money is away: seats that nobody has yet are no more; whoever has one keeps it to its end. Records seats.voided."""
    if Pool.objects.filter(ref=ref, voided_at__isnull=True).update(voided_at=timezone.now()):
        _tell("seats.voided", Pool.objects.select_related("tier").get(ref=ref))


@transaction.atomic
def restore_pool(ref: str) -> None:
    """The money came back, and so do the free seats; `hand_out` comes after. Records seats.restored."""
    if Pool.objects.filter(ref=ref, voided_at__isnull=False).update(voided_at=None):
        _tell("seats.restored", Pool.objects.select_related("tier").get(ref=ref))


def _tell(verb: str, row: Pool) -> None:
    about = {"kind": "pool", "object_id": row.pk, "after": row.seats - row.taken}
    record(verb, community=row.tier.community_id, actor=row.giver_id, **about)  # type: ignore[arg-type]


def ask_for_seat(member: Member, *, tier: Tier, words: str = "") -> Ask:
    """A place in the row, and a seat at once where one is free. Twice is once. Records seat.asked."""
    if member.standing != Standing.MEMBER or tier.community_id != member.community_id or tier.state != Tier.State.OPEN:
        raise ValidationError(_("This step is not given out here."))
    if holds(member, tier):
        raise ValidationError(_("You hold this step already."))
    try:
        with transaction.atomic():
            row = Ask.objects.create(tier=tier, member=member, words=words.strip()[:300])
            record("seat.asked", community=tier.community_id, actor=member.user_id, kind="ask", object_id=row.pk)
    except IntegrityError:
        return Ask.objects.get(tier=tier, member=member, state=State.WAITING)
    hand_out(tier)
    row.refresh_from_db()
    return row


def withdraw_ask(ask: Ask) -> bool:
    """Out of the row; False where a seat was quicker. Records seat.withdrawn."""
    with transaction.atomic():
        if not _settle(ask, State.WITHDRAWN):
            return False
        about = {"kind": "ask", "object_id": ask.pk}
        record("seat.withdrawn", community=ask.tier.community_id, actor=ask.member.user_id, **about)  # type: ignore[arg-type]
    return True


def hand_out(tier: Tier) -> int:
    """Free seats to whoever waits, first asked first; returns how many. Safe from anywhere, any number of times at once."""
    done = 0
    while True:
        ask = Ask.objects.filter(tier=tier, state=State.WAITING).select_related("member__community", "tier").first()
        pool = free_pools(tier).first() if ask else None
        if ask is None or pool is None:
            return done
        done += _serve(ask, pool)


def hand_out_all() -> int:
    """Wherever a seat is free and somebody waits: for what was cut off in between, and for seats of people who moved on."""
    waited = Ask.objects.filter(state=State.WAITING).values("tier")
    return sum(hand_out(tier) for tier in Tier.objects.filter(pk__in=waited))


@transaction.atomic
def _serve(ask: Ask, pool: Pool) -> bool:
    """The ask is taken before the seat, always in this order, so that two at once wait for each other and not crosswise."""
    needs = ask.member.standing == Standing.MEMBER and not holds(ask.member, ask.tier)
    if not _settle(ask, State.SERVED if needs else State.PASSED):
        return False
    if not needs:
        return False
    if not free_pools(ask.tier).filter(pk=pool.pk).update(taken=F("taken") + 1):
        transaction.set_rollback(True)
        return False
    Ask.objects.filter(pk=ask.pk).update(pool=pool)
    ends = months_later(timezone.now(), pool.months, ask.member.community)
    put_grant(member=ask.member, tier=ask.tier, source=Grant.Source.SEAT, ref=f"seat:{ask.pk}", ends=ends)
    about = {"kind": "ask", "object_id": ask.pk, "after": pool.months, "key": f"seat.given:{ask.pk}"}
    record("seat.given", community=ask.tier.community_id, actor=ask.member.user_id, **about)  # type: ignore[arg-type]
    return True


def _settle(ask: Ask, state: str) -> bool:
    rows = Ask.objects.filter(pk=ask.pk, state=State.WAITING)
    return rows.update(state=state, settled_at=timezone.now()) == 1


def free_pools(tier: Tier) -> models.QuerySet[Pool]:
    return Pool.objects.filter(tier=tier, voided_at__isnull=True, taken__lt=F("seats")).order_by("pk")


def holds(member: Member, tier: Tier) -> bool:
    """This step or a higher one, whatever for."""
    now = timezone.now()
    running = Q(ends__isnull=True) | Q(ends__gt=now)
    return Grant.objects.filter(running, member=member, tier__level__gte=tier.level).exists()


def free_seats(community: Community) -> dict[int, int]:
    """How many seats are free, by tier. One query."""
    rows = Pool.objects.filter(tier__community=community, tier__state=Tier.State.OPEN, voided_at__isnull=True)
    sums = rows.order_by().values("tier").annotate(free=Sum(F("seats") - F("taken")))
    return {row["tier"]: row["free"] for row in sums}


def asks_of(member: Member) -> list[Ask]:
    """What they asked for, newest first, with how many wait before them. One query."""
    before = Ask.objects.filter(tier=OuterRef("tier"), state=State.WAITING, pk__lt=OuterRef("pk")).order_by()
    ahead = Subquery(before.values("tier").annotate(n=Count("pk")).values("n"))
    rows = Ask.objects.filter(member=member).select_related("tier", "pool", "member__community")
    return list(rows.annotate(ahead=Coalesce(ahead, 0)).order_by("-pk")[:20])


def waiting_for(community: Community) -> int:
    """How many would like a seat here; never who."""
    return Ask.objects.filter(tier__community=community, state=State.WAITING).count()
