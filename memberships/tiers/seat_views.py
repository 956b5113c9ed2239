"""Asking for a seat that somebody paid for, and the row of those who asked, for the team alone."""

from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from communities.access.gates import needs, needs_account
from communities.spaces.models import Community
from communities.spaces.request import PlaceRequest
from communities.ui.focus import point_at_first_mistake
from memberships.tiers.models import Ask, Pool, Tier
from memberships.tiers.offers import sells
from memberships.tiers.reading import tiers_of
from memberships.tiers.seats import ask_for_seat, asks_of, free_seats, withdraw_ask

LATELY = 200


class AskForm(forms.Form):
    tier = forms.ChoiceField(label=_lazy("Which step"), widget=forms.RadioSelect)
    words = forms.CharField(
        label=_lazy("A few words, if you like"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto", "class": "short"}),
        help_text=_lazy("You need no reason. Only the people who run this place read it."),
    )

    def __init__(self, *args: object, tiers: list[Tier], free: dict[int, int], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        said = [(str(tier.pk), _free_words(tier, free.get(tier.pk, 0))) for tier in tiers]
        self.fields["tier"].choices = said  # type: ignore[attr-defined]
        if len(said) == 1:
            self.initial["tier"] = said[0][0]


def _free_words(tier: Tier, free: int) -> str:
    return (
        _("%(tier)s – a seat is free") % {"tier": tier.name}
        if free
        else _("%(tier)s – none free now") % {"tier": tier.name}
    )


def given_out(place: Community) -> list[Tier]:
    """What somebody could pay a seat of: what has a price."""
    return [tier for tier in tiers_of(place) if tier.__dict__["offered"]]


@require_http_methods(["GET", "HEAD", "POST"])
@needs_account
def seats(request: PlaceRequest, community: str) -> HttpResponse:
    """One's own row of asking, and the form; a member's matter."""
    place = request.community
    if not sells() or request.viewer.standing == "suspended":
        raise Http404
    if not request.viewer.is_member or request.seat is None:
        messages.info(request, _("Come in first: seats are for members."))
        asked = urlencode({"next": request.path}, safe="/")
        return redirect(f"{reverse('members:join', args=[place.slug])}?{asked}")
    tiers = given_out(place)
    form = AskForm(request.POST if request.method == "POST" else None, tiers=tiers, free=free_seats(place))
    if request.method == "POST" and form.is_valid():
        tier = next(one for one in tiers if str(one.pk) == form.cleaned_data["tier"])
        try:
            row = ask_for_seat(request.seat, tier=tier, words=form.cleaned_data["words"])
        except ValidationError as problem:
            form.add_error("tier", ValidationError(problem.messages))
        else:
            if row.state == Ask.State.SERVED:
                messages.success(request, _("A seat was free and is yours. Somebody wanted it to be."))
            else:
                messages.success(request, _("You are in the row. The next seat goes to whoever asked first."))
            return redirect("tiers:seats", community)
    point_at_first_mistake(form)
    return render(request, "tiers/seats.html", {"form": form, "mine": asks_of(request.seat), "tiers": tiers})


@require_POST
@needs_account
def withdraw(request: PlaceRequest, community: str, ask_id: int) -> HttpResponse:
    mine = Ask.objects.filter(member__user=request.user.pk, tier__community=request.community)
    row = get_object_or_404(mine.select_related("tier", "member"), pk=ask_id)
    if withdraw_ask(row):
        messages.success(request, _("You are out of the row. You can ask again at any time."))
    else:
        messages.info(request, _("A seat was quicker: look below."))
    return redirect("tiers:seats", community)


@require_safe
@needs("sell")
def waiting(request: PlaceRequest, community: str) -> HttpResponse:
    """Who waits, in order, with their words; who has a seat; and what was paid for."""
    place = request.community
    asks = Ask.objects.filter(tier__community=place).select_related("tier", "member__user", "pool")
    page = {
        "waiting": list(asks.filter(state=Ask.State.WAITING)[:LATELY]),
        "served": list(asks.filter(state=Ask.State.SERVED).order_by("-settled_at")[:50]),
        "pools": list(Pool.objects.filter(tier__community=place).select_related("tier", "giver").order_by("-pk")[:50]),
    }
    return render(request, "tiers/waiting.html", page)
