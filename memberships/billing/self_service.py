"""What somebody does about their own money on /me/money/: change it, end it, go on, see a receipt. HTTP in, HTML out."""

import logging
from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from communities.access.gates import needs_account
from memberships.billing import errors, gateway, patience
from memberships.billing.changing import change_subscription, choices, quote, waits
from memberships.billing.models import Invoice, Leaving, Purchase, Subscription
from memberships.billing.money_page import Paying, state_of, words_for
from memberships.billing.stopping import end_subscription, resume_subscription
from memberships.tiers.models import Price
from memberships.tiers.money import show
from memberships.tiers.reading import words_of

log = logging.getLogger(__name__)


def _mine(request: HttpRequest, subscription_id: int) -> Subscription:
    mine = Subscription.objects.filter(user=request.user.pk).select_related("price__tier", "community")
    return get_object_or_404(mine, pk=subscription_id)


def _done(request: HttpRequest, act: Callable[[], None], said: str) -> HttpResponse:
    try:
        with patience.within(patience.AT_THE_TILL):
            act()
    except ValidationError as problem:
        messages.error(request, problem.messages[0])
    except errors.GatewayError as problem:
        log.warning("a change of a subscription did not get through: %s", problem)
        messages.error(
            request, _("Our payment service does not answer right now. Nothing was changed; try again in a minute.")
        )
    else:
        messages.success(request, said)
    return redirect("billing:money")


@require_http_methods(["GET", "HEAD", "POST"])
@needs_account
def end(request: HttpRequest, subscription_id: int) -> HttpResponse:
    """The second click. It says what stays until when, and asks why without wanting an answer."""
    row = _mine(request, subscription_id)
    if request.method == "POST":
        given = {name: request.POST.get(name, "") for name in ("why", "note")}
        said = _("Ended. You pay nothing more; what you paid for stays open until its time is over.")
        return _done(request, lambda: end_subscription(request.user, subscription=row, **given), said)
    one = Paying(row, words_for(row), state_of(row))
    return render(request, "billing/end.html", {"one": one, "reasons": Leaving.Why.choices})


@require_POST
@needs_account
def resume(request: HttpRequest, subscription_id: int) -> HttpResponse:
    row = _mine(request, subscription_id)
    said = _("It goes on as before. Good to have you.")
    return _done(request, lambda: resume_subscription(request.user, subscription=row), said)


@require_safe
@needs_account
def receipt(request: HttpRequest, invoice_id: int) -> HttpResponse:
    """On to the bill at Stripe, by a link fetched this moment: an old one runs out."""
    row = get_object_or_404(Invoice, pk=invoice_id, subscription__user=request.user.pk)
    return _bill(request, row.stripe_id)


@require_safe
@needs_account
def bill(request: HttpRequest, purchase_id: int) -> HttpResponse:
    """The same for what one bought for others."""
    row = get_object_or_404(Purchase, pk=purchase_id, user=request.user.pk)
    return _bill(request, row.invoice_id)


def _bill(request: HttpRequest, stripe_id: str) -> HttpResponse:
    if not stripe_id:
        raise Http404
    try:
        url = gateway.retrieve_invoice(stripe_id).get("hosted_invoice_url")
    except errors.GatewayError as problem:
        log.warning("no receipt: %s", problem)
        messages.error(request, _("Our payment service does not answer right now. Try again in a minute."))
        return redirect("billing:money")
    if not url:
        raise Http404
    return redirect(str(url))


@require_http_methods(["GET", "HEAD", "POST"])
@needs_account
def change(request: HttpRequest, subscription_id: int) -> HttpResponse:
    """What else there is; with `price` what it costs to the cent; agreed to, it is done for exactly that."""
    row = _mine(request, subscription_id)
    offered = choices(row)
    asked = (request.POST if request.method == "POST" else request.GET).get("price", "")
    price = next((one for one in offered if str(one.pk) == asked), None)
    if request.method == "POST" and price is not None:
        date = request.POST.get("date", "0")
        given = int(date) if date.isdecimal() and len(date) < 12 else 0
        return _changed(request, row, price, given)
    page = {"row": row, "now": words_of(row.price), "offered": [(one, words_of(one)) for one in offered]}
    if price is not None:
        try:
            with patience.within(patience.AT_THE_TILL):
                found = quote(row, price)
            page["offered"] = [(one, words_of(one)) for one in offered if one != price]
            page |= {"quote": found, "words": words_of(price), "due": show(found.due, row.currency)}
        except ValidationError as problem:
            page["refused"] = problem.messages[0]
        except errors.GatewayError as problem:
            log.warning("no quote: %s", problem)
            page["refused"] = _(
                "Our payment service does not answer right now. Nothing was changed; try again in a minute."
            )
    return render(request, "billing/change.html", page)


def _changed(request: HttpRequest, row: Subscription, price: Price, date: int) -> HttpResponse:
    try:
        with patience.within(patience.AT_THE_TILL):
            done = change_subscription(row, price=price, date=date)
    except ValidationError as problem:
        messages.error(request, problem.messages[0])
        return redirect(f"{reverse('billing:change', args=[row.pk])}?price={price.pk}")
    except errors.Declined:
        messages.error(request, _("Your bank said no, so everything stays as it was. Another card may help."))
    except errors.GatewayError as problem:
        log.warning("a change did not get through: %s", problem)
        messages.error(
            request,
            _("Our payment service does not answer right now. Look below how it stands, and try again in a minute."),
        )
    else:
        if done:
            messages.success(request, _("%(tier)s is yours now.") % {"tier": price.tier.name})
        elif waits(row.price, price):
            messages.success(request, _("Noted: it changes when what you paid for is over. Until then all stays open."))
        else:
            messages.warning(
                request,
                _("Your bank wants to be asked. Until the open bill below is paid, everything stays as it was."),
            )
    return redirect("billing:money")
