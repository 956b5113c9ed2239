"""Money back, by the hands of staff: a part or all of a bill, once for each time that they meant it, and access only where they say so."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from communities.access.rules import require
from communities.access.viewer import Viewer
from memberships.billing import errors, gateway
from memberships.billing.models import Invoice
from memberships.billing.money_moved import sync_invoice, sync_refund
from memberships.billing.stopping import stop_now
from memberships.tiers.money import show


def give_back(viewer: Viewer, *, invoice: Invoice, amount: int, known: int, end_access: bool) -> None:
    """amount: minor units, tax included. known: what had gone back when they decided; pressed twice it is one refund.

    end_access: the subscription ends this moment, too. Records invoice.refunded. ValidationError where it cannot be, in
    words; nothing went back then. Call it outside of any transaction.
    """
    require(viewer, "sell", invoice.community)
    row = _read_again(invoice)
    left = row.paid - row.refunded
    if row.refunded != known:
        said = _("Meanwhile %(back)s went back; %(left)s are left. Look again, then decide anew.")
        money = {"back": show(row.refunded - known, row.currency), "left": show(left, row.currency)}
        raise ValidationError(said % money)
    if left <= 0:
        raise ValidationError(_("All that was paid went back already."))
    if not 0 < amount <= left:
        raise ValidationError({"amount": _("At most %(left)s can go back.") % {"left": show(left, row.currency)}})
    sync_refund(_ask(row, amount)["id"])
    if end_access:
        _end(row)


def _read_again(invoice: Invoice) -> Invoice:
    """As Stripe has it: somebody may have given money back in its dashboard a moment ago."""
    try:
        row = sync_invoice(invoice.stripe_id) or invoice
        for one in gateway.list_refunds({"payment_intent": row.payment_intent, "limit": 100}).items:
            sync_refund(one["id"])
    except errors.GatewayError as problem:
        raise _away(problem) from problem
    row.refresh_from_db()
    return row


def _ask(row: Invoice, amount: int) -> gateway.Object:
    """The same bill, amount and state before is the same refund, however often it is asked for."""
    fields = {"payment_intent": row.payment_intent, "amount": amount, "reason": "requested_by_customer"}
    try:
        return gateway.create_refund(fields, key=f"refund:{row.stripe_id}:{row.refunded}:{amount}")
    except errors.Conflict as problem:
        raise ValidationError(_("Somebody gives money of this bill back at this very moment. Look again.")) from problem
    except errors.Refused as problem:
        if problem.code == "charge_disputed":
            said = _("The bank has this payment in dispute: nothing can go back by hand.")
        else:
            said = _("Stripe refused it: %(said)s") % {"said": problem}
        raise ValidationError(said) from problem
    except errors.GatewayError as problem:
        raise _away(problem) from problem


def _end(row: Invoice) -> None:
    try:
        stop_now(row.subscription)
    except errors.GatewayError as problem:
        said = _(
            "The money is on its way back, but the access could not be ended: end the subscription by its own button."
        )
        raise ValidationError(said) from problem


def _away(problem: errors.GatewayError) -> ValidationError:
    if isinstance(problem, errors.BadKey):
        return ValidationError(_("Stripe does not take our key (any more). Nothing was done."))
    return ValidationError(
        _("Stripe does not answer. Trying the same again is safe: it can only ever become one refund.")
    )
