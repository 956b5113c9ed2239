"""Giving a step to somebody, or seats to whoever asks: the page, the way back from Stripe, and what one gave."""

import logging
import uuid
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from communities.access.gates import needs_account
from communities.spaces.request import PlaceRequest
from communities.ui.focus import point_at_first_mistake
from memberships.billing import errors
from memberships.billing.gift_forms import GiftForm, SeatsForm, lengths
from memberships.billing.models import Purchase
from memberships.billing.purchases import begin_purchase, ref_of
from memberships.billing.selling import is_on
from memberships.billing.sync import sync_session
from memberships.tiers.models import Gift, Pool
from memberships.tiers.reading import tax_line
from memberships.tiers.seats import waiting_for

log = logging.getLogger(__name__)


@require_http_methods(["GET", "HEAD", "POST"])
@needs_account
def give(request: PlaceRequest, community: str) -> HttpResponse:
    """Two forms of one page: `kind` says which one was sent. Anybody signed in may give, a member or not."""
    place = request.community
    if not is_on() or request.viewer.standing == "suspended":
        raise Http404
    offered, kind = lengths(place), request.POST.get("kind", "")
    forms: dict[str, GiftForm | SeatsForm] = {
        "gift": GiftForm(request.POST if kind == "gift" else None, offered=offered, community=place),
        "seats": SeatsForm(request.POST if kind == "seats" else None, offered=offered),
    }
    status = 200
    if request.method == "POST":
        if kind not in forms:
            raise Http404
        try:
            if forms[kind].is_valid():
                return redirect(begin_purchase(request.user, kind=kind, **forms[kind].asked()))
        except ValidationError as problem:
            found = problem.message_dict if hasattr(problem, "error_dict") else {"": problem.messages}
            for name, sentences in found.items():
                forms[kind].add_error(name if name in forms[kind].fields else None, ValidationError(sentences))
        except errors.GatewayError as problem:
            log.warning("the till is shut: %s", problem)
            said = _(
                "Our payment service does not answer right now. Nothing was paid; what you wrote is still here. Try again."
            )
            forms[kind].add_error(None, ValidationError(said))
            status = 503
        point_at_first_mistake(forms[kind])
    page: dict[str, Any] = {"gift_form": forms["gift"], "seats_form": forms["seats"], "offered": offered}
    page["waiting"] = waiting_for(place)
    page |= {"tax_line": tax_line(), "form_id": request.POST.get("form") or uuid.uuid4().hex}
    return render(request, "billing/give.html", page, status=status)


@require_safe
@needs_account
def given(request: PlaceRequest, community: str) -> HttpResponse:
    """Back from Stripe. Nothing is handed over by coming here: Stripe is asked how this person's own purchase stands."""
    mine = Purchase.objects.filter(user=request.user.pk, community=request.community)
    row = get_object_or_404(mine.select_related("price__tier"), session_id=request.GET.get("s", ""))
    try:
        sync_session(row.session_id or "")
    except errors.GatewayError as problem:
        log.warning("asked about %s, no answer: %s", row.session_id, problem)
    row.refresh_from_db()
    page = {
        "row": row,
        "gift": Gift.objects.filter(ref=ref_of(row)).select_related("tier__community").first(),
        "pool": Pool.objects.filter(ref=ref_of(row)).first(),
    }
    return render(request, "billing/given.html", page)
