"""The studio's offers: what there is, how often each was used, a new one, and putting one away."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from communities.access.gates import needs
from communities.spaces.request import PlaceRequest
from communities.ui.focus import point_at_first_mistake
from memberships.billing.codes import off_words
from memberships.billing.models import Coupon
from memberships.billing.offer_forms import OfferForm
from memberships.billing.offering import archive_coupon, make_coupon

LATELY = 100


@require_http_methods(["GET", "HEAD", "POST"])
@needs("sell")
def offers(request: PlaceRequest, community: str) -> HttpResponse:
    place = request.community
    form = OfferForm(request.POST if request.method == "POST" else None, community=place)
    if request.method == "POST" and form.is_valid():
        try:
            made = make_coupon(request.viewer, community=place, **form.cleaned_data)
        except ValidationError as problem:
            for name, sentences in problem.message_dict.items():
                form.add_error(name if name in form.fields else None, ValidationError(sentences))
        else:
            messages.success(request, _("%(code)s holds from now on.") % {"code": made.code})
            return redirect("billing:offers", community)
    point_at_first_mistake(form)
    rows = list(Coupon.objects.filter(community=place).prefetch_related("tiers")[:LATELY])
    for row in rows:
        row.__dict__["words"] = off_words(row)
        row.__dict__["state"] = state_of(row)
    return render(request, "billing/offers.html", {"form": form, "rows": rows})


def state_of(row: Coupon) -> str:
    """ "away", "over", "spent" or "on"."""
    if row.archived_at is not None:
        return "away"
    if row.ends_at is not None and row.ends_at <= timezone.now():
        return "over"
    return "spent" if row.most is not None and row.uses >= row.most else "on"


@require_POST
@needs("sell")
def archive(request: PlaceRequest, community: str, coupon_id: int) -> HttpResponse:
    row = get_object_or_404(Coupon, pk=coupon_id, community=request.community)
    archive_coupon(request.viewer, coupon=row)
    messages.success(request, _("%(code)s is put away. Whoever has it keeps it.") % {"code": row.code})
    return redirect("billing:offers", community)
