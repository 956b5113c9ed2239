"""What money is to people's bells: a payment that fails or must be confirmed, an end that is near or came; for the team a dispute.

Always out of what our rows did, and about money, so neither a switch nor a word about all mail keeps it away.
"""

import datetime as dt
from collections.abc import Sequence

from django.contrib.auth import get_user_model
from django.db.models import Q
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from communities.access.rules import has
from communities.access.viewer import Viewer
from communities.activity.models import Activity
from communities.members.models import Member, Standing
from communities.notifications.kinds import Found, Kind, News
from communities.notifications.models import Notification
from memberships.billing.entitlements import kept_until
from memberships.billing.models import Dispute, Invoice, Subscription
from memberships.billing.transitions import facts_of, grace
from memberships.tiers.money import show
from memberships.tiers.reading import words_of

PART = _("Money")
OWN = (
    *("invoice.failed", "payment.held", "trial.reminded", "invoice.refunded"),
    *("subscription.reminded", "subscription.lapsed", "subscription.recovered"),
    *("subscription.ending", "subscription.ended", "price.told"),
)
DISPUTES = ("dispute.opened", "dispute.won", "dispute.lost")
OVERDUE = ("past_due", "unpaid")


def own_money(activity: Activity) -> News | None:
    """One line each. A failure is told once a bill, whatever the bank is asked after it; who ended it themselves knows."""
    row = Subscription.objects.filter(pk=activity.object_id or 0).first()
    if row is None or row.started_at is None:
        return None
    key = activity.key
    if activity.verb in ("invoice.failed", "payment.held"):
        bill = Invoice.objects.filter(subscription=row, status="open").order_by("-created_at", "-pk").first()
        if bill is None or bill.held is (activity.verb == "invoice.failed"):
            return None
        if not bill.held and row.status not in OVERDUE:
            return None
        key = f"{activity.verb}:{bill.pk}"
    if activity.verb in ("subscription.ending", "subscription.ended") and not _ended_without_them(row):
        return None
    about = ("subscription", row.pk)
    return News(key=key[:120], about=about, topic=(activity.verb, activity.pk), to=[row.user_id], reads=())


def _ended_without_them(row: Subscription) -> bool:
    """Not by their own click on what they pay: the payment did not come, they left, or they are suspended for good."""
    if row.end_reason == "payment_failed":
        return row.lapsed_at is None
    return _went(row) != ""


def _went(row: Subscription) -> str:
    """ "left", "suspended" (for good) or ""."""
    seat = Member.objects.filter(community=row.community_id, user=row.user_id).first()
    if seat is None or seat.standing == Standing.LEFT:
        return "left"
    return "suspended" if seat.standing == Standing.SUSPENDED and seat.suspended_until is None else ""


def says_of(verb: str, row: Subscription) -> str:
    """The sentence as it is true now; {what} is the tier."""
    if verb == "payment.held" and row.pending_update:
        return _now("Your bank wants to be asked before you step up from {what}: confirm the payment, and it is yours")
    if verb in ("invoice.failed", "payment.held", "subscription.reminded"):
        asks = verb == "payment.held"
        if row.status != "past_due":
            return _now("Your bank wanted to be asked about {what}") if asks else _now("A payment for {what} failed")
        until = _day(kept_until(facts_of(row), dt.datetime.now(dt.UTC), grace()), row)
        if verb == "subscription.reminded":
            return _now("{what} closes on %(day)s unless the open payment is made") % {"day": until}
        if asks:
            return _now("Your bank wants you to confirm the payment for {what}: it stays open until %(day)s") % {
                "day": until
            }
        return _now("The payment for {what} did not go through: it stays open until %(day)s") % {"day": until}
    if verb in ("subscription.ending", "subscription.ended") and row.end_reason != "payment_failed":
        return _now("What you paid for {what} is ended, since you are no member there any more: nothing more is taken")
    if verb == "trial.reminded" and row.trial_end is not None:
        said = _now("Your days to try {what} end on %(day)s; then it costs %(price)s, if you do not end it before")
        return said % {"day": _day(row.trial_end, row), "price": words_of(row.price)}
    if verb == "price.told" and row.price.moves_to is not None and row.price.moves_from is not None:
        said = _now("With your first payment after %(day)s {what} costs %(price)s; you may change or end it before")
        return said % {"day": _day(row.price.moves_from, row), "price": words_of(row.price.moves_to)}
    if verb == "price.told":
        return _now("{what} costs %(price)s now") % {"price": words_of(row.price)}
    return {
        "invoice.refunded": _now("Money for {what} is on its way back to you"),
        "subscription.recovered": _now("The payment for {what} came: everything is as it was"),
    }.get(verb, _now("{what} is closed, since the payment did not come; what you wrote stays"))


def _day(moment: dt.datetime, row: Subscription) -> str:
    return date_format(moment.astimezone(row.community.zone), "j F Y")


def finds_own(rows: Sequence[Notification], viewer: Viewer) -> dict[int, Found]:
    """One's own alone, and also where one may not read anything any more."""
    known = Subscription.objects.filter(pk__in=[row.about_id for row in rows], user_id=viewer.user_id or 0)
    mine = known.select_related("price__tier", "price__moves_to", "community").in_bulk()
    found = {}
    for row in rows:
        sub = mine.get(row.about_id or 0)
        if sub is not None:
            verb = row.topic.partition(":")[0]
            url = f"{reverse('billing:money')}#sub-{sub.pk}"
            found[row.pk] = Found(str(sub.price.tier), url, says=says_of(verb, sub))
    return found


def disputed(activity: Activity) -> News | None:
    """For whoever sells there, and for the managers of the brand."""
    sellers = Q(memberships__community=activity.community_id, memberships__standing=Standing.MEMBER)
    sellers &= ~Q(memberships__role=Member._meta.get_field("role").default)
    brand = Q(is_staff=True) & (Q(is_superuser=True) | Q(groups__name="manager"))
    people = get_user_model().objects.filter(sellers | brand).values_list("pk", flat=True).distinct()
    return News(
        key=activity.key,
        about=(activity.kind, activity.object_id or 0),
        topic=(activity.verb, activity.pk),
        to=list(people),
        reads=(),
        fresh=lambda viewer: has(viewer, "see_money") and has(viewer, "sell"),
    )


def finds_disputes(rows: Sequence[Notification], viewer: Viewer) -> dict[int, Found]:
    if not has(viewer, "sell"):
        return {}
    about = {kind: [row.about_id for row in rows if row.about_kind == kind] for kind in ("subscription", "purchase")}
    known = Dispute.objects.filter(
        Q(invoice__subscription__in=about["subscription"]) | Q(purchase__in=about["purchase"])
    )
    newest: dict[tuple[str, int | None], Dispute] = {}
    for one in known.select_related("invoice").order_by("pk"):
        newest["subscription", one.invoice.subscription_id if one.invoice else None] = one
        newest["purchase", one.purchase_id] = one
    found = {}
    for row in rows:
        dispute = newest.get((row.about_kind, row.about_id))
        if dispute is not None and row.community is not None:
            said = {
                "dispute.opened": _now("A payment of %(amount)s in {what} is disputed at the bank"),
                "dispute.won": _now("The bank decided for {what}: %(amount)s stay"),
                "dispute.lost": _now("The bank decided against {what}: %(amount)s went back"),
            }[row.topic.partition(":")[0]]
            says = said % {"amount": show(dispute.amount, dispute.currency)}
            found[row.pk] = Found(str(row.community), reverse("tiers:studio", args=[row.community.slug]), says=says)
    return found


TOLD = (
    Kind(
        slug="money",
        part=PART,
        label=_("What you pay: a payment fails, must be confirmed or comes; a trial or a step ends; a price changes"),
        explained=_("Always on the bell and by mail: nobody pays or loses a step without hearing of it."),
        sentence=_("Something happened with what you pay for {what}"),
        why=_("you pay for it"),
        verbs=OWN,
        hears=own_money,
        finds=finds_own,
        icon="tag",
        mail=True,
        always=True,
        account=True,
    ),
    Kind(
        slug="dispute",
        part=PART,
        label=_("A payment is disputed at a bank"),
        explained=_("Where you sell."),
        sentence=_("A payment in {what} is disputed at the bank"),
        why=_("you sell here"),
        verbs=DISPUTES,
        hears=disputed,
        finds=finds_disputes,
        icon="flag",
        mail=True,
        duty=True,
    ),
)
