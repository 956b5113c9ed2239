"""What somebody does about their own money on /me/money/: end it, go on, see a receipt. HTTP in, HTML out."""

import logging
from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from communities.access.gates import needs_account
from memberships.billing import errors, gateway
from memberships.billing.models import Invoice, Leaving, Subscription
from memberships.billing.money_page import Paying, state_of
from memberships.billing.stopping import end_subscription, resume_subscription
from memberships.tiers.reading import words_of

log = logging.getLogger(__name__)


def _mine(request: HttpRequest, subscription_id: int) -> Subscription:
    mine = Subscription.objects.filter(user=request.user.pk).select_related("price__tier", "community")
    return get_object_or_404(mine, pk=subscription_id)


def _done(request: HttpRequest, act: Callable[[], None], said: str) -> HttpResponse:
    try:
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
    one = Paying(row, words_of(row.price), state_of(row))
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
    try:
        url = gateway.retrieve_invoice(row.stripe_id).get("hosted_invoice_url")
    except errors.GatewayError as problem:
        log.warning("no receipt: %s", problem)
        messages.error(request, _("Our payment service does not answer right now. Try again in a minute."))
        return redirect("billing:money")
    if not url:
        raise Http404
    return redirect(str(url))
