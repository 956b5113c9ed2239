"""The studio's page on which whoever sells tells those who pay an old price of the new one."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from communities.access.gates import needs
from communities.spaces.request import PlaceRequest
from memberships.billing.repricing import NOTICE, old_prices, tell_new_price
from memberships.tiers.reading import words_of


@require_http_methods(["GET", "HEAD", "POST"])
@needs("sell")
def tell(request: PlaceRequest, community: str, price_id: int) -> HttpResponse:
    """What they will be told and how many they are; `new` is the price that was shown, so that nobody agrees to another one."""
    price = next(iter(old_prices(request.community, pk=price_id)), None)
    new = price.__dict__["new"] if price is not None else None
    if price is None or new is None:
        raise Http404
    price.tier.community = request.community
    if request.method == "POST":
        try:
            if request.POST.get("new") != str(new.pk):
                raise ValidationError(_("The price has changed meanwhile. Have a look first."))
            count = tell_new_price(request.viewer, price=price, new=new)
        except ValidationError as problem:
            messages.error(request, problem.messages[0])
            return redirect("billing:tell_price", community, price_id)
        said = ngettext("One person is told now.", "%(count)s people are told now.", count)
        messages.success(request, said % {"count": count})
        return redirect("billing:buyers", community)
    page = {"price": price, "new": new, "old_words": words_of(price), "new_words": words_of(new), "days": NOTICE.days}
    return render(
        request,
        "billing/tell_price.html",
        page | {"told": price.moves_to_id == new.pk, "more": new.amount > price.amount},
    )
