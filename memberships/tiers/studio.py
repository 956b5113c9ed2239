"""The studio's tiers: writing them, their prices and promises, ticking what was delivered, who holds one."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from communities.access.gates import needs
from communities.access.rules import has
from communities.members.lists import living
from communities.spaces.request import PlaceRequest
from communities.ui.focus import point_at_first_mistake
from memberships.tiers import actions, grants, promises, reading
from memberships.tiers.forms import BenefitForm, DeliveryForm, GiveForm, PriceForm, TierForm, UsesForm
from memberships.tiers.models import Benefit, Grant, Price, Tier, Use

BOTH = ["GET", "HEAD", "POST"]


@require_safe
@needs("sell")
def tiers(request: PlaceRequest, community: str) -> HttpResponse:
    return _list(request)


def _list(request: PlaceRequest, uses_form: UsesForm | None = None) -> HttpResponse:
    place = request.community
    rows = reading.for_studio(place)
    names = dict(place.rungs.values_list("level", "name"))
    for tier in rows:
        tier.__dict__["step"] = names.get(tier.level, str(tier.level))
        tier.__dict__["words"] = [reading.words_of(price) for price in tier.__dict__["offered"]]
    today = timezone.localdate(timezone=place.zone)
    page = {
        "rows": rows,
        "due": reading.due_now([tier for tier in rows if tier.state != Tier.State.DRAFT], today),
        "uses_form": uses_form or UsesForm(running=_running(request)),
    }
    return render(request, "tiers/studio.html", page)


def _running(request: PlaceRequest) -> list[tuple[str, int]]:
    return list(Use.objects.filter(community=request.community, ends__isnull=True).values_list("label", "share"))


@require_POST
@needs("sell")
def uses(request: PlaceRequest, community: str) -> HttpResponse:
    """Where the money goes, from now on."""
    form = UsesForm(request.POST, running=_running(request))
    if form.is_valid():
        try:
            actions.declare_uses(request.viewer, community=request.community, uses=form.uses())
        except ValidationError as problem:
            form.add_error(None, ValidationError(problem.messages))
        else:
            messages.success(request, _("Saved. It stands on the page of every tier."))
            return redirect("tiers:studio", community)
    return _list(request, form)


@require_http_methods(BOTH)
@needs("sell")
def new(request: PlaceRequest, community: str) -> HttpResponse:
    form = TierForm(request.POST or None, community=request.community)
    if request.method == "POST" and (tier := _saved(request, form, None)):
        messages.success(request, _("Written down. Give it a price and promises, then open it."))
        return redirect("tiers:edit", community, tier.pk)
    point_at_first_mistake(form)
    return render(request, "tiers/new.html", {"form": form})


def _saved(request: PlaceRequest, form: TierForm, tier: Tier | None) -> Tier | None:
    if not form.is_valid():
        return None
    try:
        return actions.save_tier(request.viewer, community=request.community, tier=tier, **form.cleaned_data)
    except ValidationError as problem:
        _blame(form, problem)
        return None


def _blame(form: Any, problem: ValidationError) -> None:
    """A refusal of an action, at the field that it is about."""
    for name, sentences in getattr(problem, "message_dict", {"": problem.messages}).items():
        form.add_error(name if name in form.fields else None, ValidationError(sentences))


@require_http_methods(BOTH)
@needs("sell")
def edit(request: PlaceRequest, community: str, tier_id: int) -> HttpResponse:
    """The words of a tier; the other forms of the page have addresses of their own and come back here."""
    tier = _tier(request, tier_id)
    form = TierForm(request.POST or None, community=request.community, tier=tier)
    if request.method == "POST" and _saved(request, form, _tier(request, tier_id)):
        messages.success(request, _("Saved."))
        return redirect("tiers:edit", community, tier.pk)
    return _page(request, tier, form=form)


def _tier(request: PlaceRequest, tier_id: int) -> Tier:
    tier = get_object_or_404(Tier, pk=tier_id, community=request.community)
    tier.community = request.community
    return tier


def _page(request: PlaceRequest, tier: Tier, **forms: Any) -> HttpResponse:
    place = request.community
    today = timezone.localdate(timezone=place.zone)
    benefits = list(tier.benefits.filter(ended_at__isnull=True))
    days = promises.promises([one for one in benefits if one.every], today=today)
    held = Grant.objects.filter(tier=tier).select_related("member__user", "given_by").order_by("-starts")
    page: dict[str, Any] = {
        "tier": tier,
        "form": TierForm(community=place, tier=tier),
        "price_form": PriceForm(initial={"currency": "eur", "interval": "month"}),
        "benefit_form": BenefitForm(),
        "give_form": GiveForm(community=place) if has(request.viewer, "grant") else None,
        "prices": [(price, reading.words_of(price)) for price in tier.prices.filter(active=True)],
        "benefits": [
            (one, [(day, DeliveryForm(initial=_said(day))) for day in days.get(one.pk, [])]) for one in benefits
        ],
        "holders": list(held[:50]),
        "now": timezone.now(),
    }
    for form in forms.values():
        point_at_first_mistake(form)
    return render(request, "tiers/edit.html", page | forms)


def _said(day: promises.Promise) -> dict[str, Any]:
    return {"on": day.on, "note": day.row.note if day.row else "", "link": day.row.link if day.row else ""}


@require_POST
@needs("sell")
def state(request: PlaceRequest, community: str, tier_id: int) -> HttpResponse:
    """Opens a tier, or puts it away (`to`: open or archived)."""
    tier = _tier(request, tier_id)
    act = actions.archive_tier if request.POST.get("to") == Tier.State.ARCHIVED else actions.open_tier
    try:
        act(request.viewer, tier=tier)
    except ValidationError as problem:
        messages.error(request, " ".join(problem.messages))
    else:
        messages.success(request, _("%(tier)s is %(state)s.") % {"tier": tier, "state": tier.get_state_display()})
    return redirect("tiers:edit", community, tier.pk)


@require_POST
@needs("sell")
def price(request: PlaceRequest, community: str, tier_id: int) -> HttpResponse:
    tier = _tier(request, tier_id)
    form = PriceForm(request.POST)
    if form.is_valid():
        try:
            actions.set_price(request.viewer, tier=tier, **form.cleaned_data)
        except ValidationError as problem:
            _blame(form, problem)
        else:
            messages.success(
                request,
                _("The price stands. Whoever pays another one keeps it until you tell them, under Money, Who pays."),
            )
            return redirect("tiers:edit", community, tier.pk)
    return _page(request, tier, price_form=form)


@require_POST
@needs("sell")
def end_price(request: PlaceRequest, community: str, tier_id: int, price_id: int) -> HttpResponse:
    tier = _tier(request, tier_id)
    row = get_object_or_404(Price, pk=price_id, tier=tier)
    row.tier = tier
    actions.end_price(request.viewer, price=row)
    messages.success(request, _("Nobody buys at that price any more."))
    return redirect("tiers:edit", community, tier.pk)


@require_POST
@needs("sell")
def benefit(request: PlaceRequest, community: str, tier_id: int) -> HttpResponse:
    tier = _tier(request, tier_id)
    form = BenefitForm(request.POST)
    if form.is_valid():
        try:
            actions.save_benefit(request.viewer, tier=tier, **form.cleaned_data)
        except ValidationError as problem:
            _blame(form, problem)
        else:
            messages.success(request, _("Promised."))
            return redirect("tiers:edit", community, tier.pk)
    return _page(request, tier, benefit_form=form)


def _benefit(request: HttpRequest, tier: Tier, benefit_id: int) -> Benefit:
    row = get_object_or_404(Benefit, pk=benefit_id, tier=tier)
    row.tier = tier
    return row


@require_POST
@needs("sell")
def end_benefit(request: PlaceRequest, community: str, tier_id: int, benefit_id: int) -> HttpResponse:
    tier = _tier(request, tier_id)
    actions.end_benefit(request.viewer, benefit=_benefit(request, tier, benefit_id))
    messages.success(request, _("Promised no longer. What was due until today stays on the record."))
    return redirect("tiers:edit", community, tier.pk)


@require_POST
@needs("sell")
def deliver(request: PlaceRequest, community: str, tier_id: int, benefit_id: int) -> HttpResponse:
    """`do`: deliver, late (a word only) or undo."""
    tier = _tier(request, tier_id)
    row, form = _benefit(request, tier, benefit_id), DeliveryForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
        return redirect("tiers:edit", community, tier.pk)
    asked = form.cleaned_data
    try:
        if request.POST.get("do") == "undo":
            promises.take_delivery_back(request.viewer, benefit=row, on=asked["on"])
        elif request.POST.get("do") == "late":
            promises.explain_delay(request.viewer, benefit=row, on=asked["on"], note=asked["note"])
        else:
            promises.deliver(request.viewer, benefit=row, **asked)
    except ValidationError as problem:
        messages.error(request, " ".join(problem.messages))
    else:
        messages.success(request, _("Noted, and on the public page."))
    return redirect("tiers:edit", community, tier.pk)


@require_POST
@needs("grant")
def give(request: PlaceRequest, community: str, tier_id: int) -> HttpResponse:
    tier = _tier(request, tier_id)
    form = GiveForm(request.POST, community=request.community)
    if form.is_valid():
        member = living(request.community.pk).filter(user__handle=form.cleaned_data["handle"]).first()
        if member is None:
            form.add_error("handle", _("Nobody here has this handle."))
        else:
            try:
                grants.give_tier(
                    request.viewer, member=member, tier=tier, ends=form.ends(), reason=form.cleaned_data["reason"]
                )
            except ValidationError as problem:
                _blame(form, problem)
            else:
                messages.success(request, _("%(name)s holds it now.") % {"name": member.user})
                return redirect("tiers:edit", community, tier.pk)
    return _page(request, tier, give_form=form)


@require_POST
@needs("grant")
def take_back(request: PlaceRequest, community: str, tier_id: int, grant_id: int) -> HttpResponse:
    tier = _tier(request, tier_id)
    row = get_object_or_404(Grant.objects.select_related("member"), pk=grant_id, tier=tier)
    row.tier = tier
    try:
        grants.take_tier_back(request.viewer, grant=row)
    except ValidationError as problem:
        messages.error(request, " ".join(problem.messages))
    else:
        messages.success(request, _("Taken back."))
    return redirect("tiers:edit", community, tier.pk)
