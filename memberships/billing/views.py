"""The till and what one pays: HTTP in, HTML out; Stripe's absence is a page with a way on."""

import logging
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from communities.access.gates import needs_account
from communities.spaces.request import PlaceRequest
from memberships.billing import errors, patience
from memberships.billing.actions import Pays, begin_checkout
from memberships.billing.codes import welcomes
from memberships.billing.coming_in import hindrance
from memberships.billing.models import Attempt, Customer, Subscription
from memberships.billing.money_page import bought, given_by, paying, receipts, state_of
from memberships.billing.portal import portal_url
from memberships.billing.selling import is_on, trial_of
from memberships.billing.sync import sync_session
from memberships.tiers.gifts import waiting_gifts
from memberships.tiers.models import Price
from memberships.tiers.reading import words_of

log = logging.getLogger(__name__)


@require_POST
@needs_account
def checkout(request: PlaceRequest, community: str) -> HttpResponse:
    """From a price to Stripe's page. Whoever is no member yet comes in first; whoever pays already sees what they pay."""
    place, viewer = request.community, request.viewer
    asked = request.POST.get("price", "")
    if not is_on() or not asked.isdecimal() or len(asked) > 18:
        raise Http404
    price = get_object_or_404(Price.objects.select_related("tier__community"), pk=asked, tier__community=place)
    stairs = reverse("tiers:staircase", args=[place.slug])
    if not viewer.is_member:
        if viewer.standing == "suspended":
            raise Http404
        if why := hindrance(request.user, place):
            messages.info(request, why)
            return redirect(f"{reverse('members:join', args=[place.slug])}?{urlencode({'next': stairs}, safe='/')}")
    promised, code = request.POST.get("trial", ""), request.POST.get("code", "")[:40]
    if promised.isdecimal() and len(promised) < 4 and int(promised) > trial_of(request.user, price):
        messages.info(
            request, _("You tried a step here before, so it begins with the payment. Go on if that is right.")
        )
        return redirect(stairs)
    try:
        with patience.within(patience.AT_THE_TILL):
            return redirect(begin_checkout(request.user, price=price, code=code).url)
    except Pays:
        messages.info(request, _("You pay for a step here already: this is where it is changed."))
        return redirect("billing:money")
    except ValidationError as problem:
        if hasattr(problem, "error_dict"):  # the staircase says it at the field, with what was typed
            return redirect(f"{stairs}?{urlencode({'code': code, 'for': price.pk})}#code")
        messages.error(request, problem.messages[0])
        return redirect(stairs)
    except errors.GatewayError as problem:
        log.warning("the till is shut: %s", problem)
        page = {"price": price, "words": words_of(price), "stairs": stairs, "code": code}
        return render(request, "billing/shut.html", page, status=503)


@require_safe
@needs_account
def paid(request: PlaceRequest, community: str) -> HttpResponse:
    """Back from Stripe. Nothing is given by coming here: Stripe is asked how this person's own attempt stands."""
    mine = Attempt.objects.filter(user=request.user.pk, community=request.community)
    attempt = get_object_or_404(mine.select_related("price__tier"), session_id=request.GET.get("s", ""))
    away = False
    try:
        with patience.within(patience.ON_THE_WAY_BACK):
            sync_session(attempt.session_id or "")
    except errors.GatewayError as problem:
        log.warning("asked about %s, no answer: %s", attempt.session_id, problem)
        away = True
    attempt.refresh_from_db()
    here = Subscription.objects.filter(user=request.user.pk, community=request.community)
    sub = here.select_related("price__tier").order_by("-created_at").first()
    state = "confirming" if away else "waiting"
    if attempt.status == Attempt.Status.OPEN:
        state = "confirming" if away else "open"
    elif attempt.status != Attempt.Status.COMPLETE:
        state = "expired"
    elif sub is not None and sub.paid_once:
        state = "done" if state_of(sub) in ("runs", "trial", "ends") else "trouble"
    page = {"state": state, "attempt": attempt, "tier": (sub or attempt).price.tier, "sub": sub}
    return render(request, "billing/paid.html", page)


@require_safe
@needs_account
def money(request: HttpRequest) -> HttpResponse:
    """What one pays and gave, and every receipt."""
    page = {"paying": paying(request.user), "receipts": receipts(request.user), "is_on": is_on()}
    page |= {"bought": bought(request.user), **given_by(request.user), "waits": waiting_gifts(request.user)}
    page["welcomes"] = welcomes(request.user) if is_on() else []
    return render(request, "billing/money.html", page)


@require_POST
@needs_account
def portal(request: HttpRequest) -> HttpResponse:
    """On to Stripe's page for cards and receipts."""
    asked = request.POST.get("customer", "")
    mine = Customer.objects.filter(user=request.user.pk, deleted_at__isnull=True)
    customer = get_object_or_404(mine, pk=asked if asked.isdecimal() and len(asked) < 18 else 0)
    flow = "payment_method_update" if request.POST.get("card") == "1" else ""
    try:
        return redirect(portal_url(customer, flow=flow))
    except errors.GatewayError as problem:
        log.warning("the portal is shut: %s", problem)
        messages.error(
            request, _("Our payment service does not answer right now. Nothing was changed; try again in a minute.")
        )
        return redirect("billing:money")
