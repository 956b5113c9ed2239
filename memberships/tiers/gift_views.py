"""The page of a gift: whoever has the link reads it; opening it is a form of a member."""

from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from communities.members.guidelines import has_accepted
from communities.spaces.models import Community
from communities.spaces.request import PlaceRequest
from memberships.tiers.gifts import come_in_by, is_open_on, open_gift, plan_for, plan_words, ref_of
from memberships.tiers.models import Gift, Grant


@require_http_methods(["GET", "HEAD", "POST"])
def gift(request: PlaceRequest, community: str, token: str) -> HttpResponse:
    """Looking changes nothing. Before its day it says nothing but the day, except to the giver."""
    place, user = request.community, request.user
    rows = Gift.objects.filter(tier__community=place).select_related("tier__community", "giver", "taken_by")
    row = get_object_or_404(rows, token=token)
    if request.method == "POST":
        return _open(request, row)
    seat = request.seat if user.is_authenticated and request.viewer.is_member else None
    page = {"gift": row, "state": state_of(row, user), "seat": seat, "here": request.path}
    page["by_gift"] = seat is None and place.join_mode == Community.Join.PAID and user.is_authenticated
    if page["state"] == "open" and seat is not None:
        page["words"] = plan_words(plan_for(row, seat), row)
    if page["state"] == "mine":
        page["held"] = Grant.objects.filter(ref=ref_of(row), source=Grant.Source.GIFT).first()
        page["now"] = timezone.now()
    answer = render(request, "tiers/gift.html", page)
    answer["X-Robots-Tag"] = "noindex"
    return answer


def state_of(row: Gift, user: object) -> str:
    """ "gone", "mine", "taken", "secret" or "open"."""
    mine = getattr(user, "pk", None)
    if row.taken_at is not None and row.taken_by is not None and row.taken_by.user_id == mine and row.voided_at is None:
        return "mine"
    if row.voided_at is not None:
        return "gone"
    if row.taken_at is not None:
        return "taken"
    today = timezone.localdate(timezone=row.tier.community.zone)
    return "open" if is_open_on(row, today) or (mine is not None and mine == row.giver_id) else "secret"


def _open(request: PlaceRequest, row: Gift) -> HttpResponse:
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    place, seat = row.tier.community, request.seat if request.viewer.is_member else None
    way_in = redirect(f"{reverse('members:join', args=[place.slug])}?{urlencode({'next': request.path}, safe='/')}")
    if seat is None and (place.join_mode != Community.Join.PAID or not has_accepted(request.user, place)):
        messages.info(request, _("Come in first, then open your gift. It waits for you."))
        return way_in
    if request.viewer.standing == "suspended":
        raise Http404
    try:
        open_gift(seat, row) if seat is not None else come_in_by(request.user, row)
    except ValidationError as problem:
        messages.error(request, problem.messages[0])
    return redirect(request.path)
