"""The owner's pages about the place: look and settings, spaces, steps."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from communities.access.gates import needs
from communities.files.actions import take_image
from communities.files.refusal import UploadRefused
from communities.spaces.actions import change_community, save_rung, save_space
from communities.spaces.forms import LookForm, RungForm, SpaceForm
from communities.spaces.models import Community, Rung, Space
from communities.spaces.request import PlaceRequest
from communities.ui.focus import point_at_first_mistake
from communities.ui.zones import suggested_zones

READ_AND_SEND = ["GET", "HEAD", "POST"]


@require_http_methods(READ_AND_SEND)
@needs("manage")
def look(request: PlaceRequest, community: str) -> HttpResponse:
    """Everything about the place on one page; what it looks like changes on the page while one chooses."""
    form = LookForm(request.POST or None, request.FILES or None, instance=request.community)
    if request.method == "POST" and form.is_valid():
        pictures = _pictures(request, form)
        if not form.errors and _changed(request, form, form.values() | pictures):
            messages.success(request, _("Saved."))
            return redirect("spaces:look", community)
    point_at_first_mistake(form)
    return render(request, "spaces/look.html", {"form": form, "zones": suggested_zones()})


def _changed(request: PlaceRequest, form: LookForm, values: dict[str, Any]) -> bool:
    """Hands over only what is different, so that the stylesheet keeps its address when a sentence changes."""
    place = Community.objects.get(pk=request.community.pk)
    new = {name: value for name, value in values.items() if getattr(place, name) != value}
    try:
        if new:
            change_community(request.viewer, community=place, **new)
    except ValidationError as problem:
        form.add_error(None, ValidationError(problem.messages))
        return False
    return True


def _pictures(request: PlaceRequest, form: LookForm) -> dict[str, Any]:
    """Logo and cover that came with the form, or were dropped; why one was refused stands at its field."""
    chosen: dict[str, Any] = {}
    for name in ("logo", "cover"):
        sent = form.cleaned_data.get(f"{name}_file")
        if sent is not None:
            try:
                chosen[name] = take_image(
                    community=request.community,
                    uploader=request.user,
                    parent_kind="community",
                    parent_id=request.community.pk,
                    upload=sent,
                    name=sent.name or name,
                )
            except UploadRefused as refusal:
                form.add_error(f"{name}_file", refusal.sentence)
        elif form.cleaned_data.get(f"drop_{name}"):
            chosen[name] = None
    return chosen


@require_safe
@needs("manage")
def spaces(request: PlaceRequest, community: str) -> HttpResponse:
    place = request.community
    rungs = list(place.rungs.all())
    names: dict[int | None, str] = {0: _("Everybody"), **{rung.level: rung.name for rung in rungs}}
    rows = [
        {
            "space": space,
            "reads": names.get(space.rung, space.rung),
            "knows": names.get(space.listed_rung, space.listed_rung),
            "posts": names.get(space.posting_rung) or space.get_posting_display(),
        }
        for space in place.spaces.all()
    ]
    return render(request, "spaces/spaces.html", {"rows": rows, "rungs": rungs})


@require_http_methods(READ_AND_SEND)
@needs("manage")
def space(request: PlaceRequest, community: str, space_id: int | None = None) -> HttpResponse:
    """A new space, or the settings of one; everything in it follows at once."""
    place = request.community
    row = get_object_or_404(Space, pk=space_id, community=place) if space_id is not None else None
    form = SpaceForm(request.POST or None, instance=row, community=place)
    if request.method == "POST" and form.is_valid():
        save_space(request.viewer, space=form.instance)
        messages.success(request, _("Saved."))
        return redirect("spaces:spaces", community)
    point_at_first_mistake(form)
    return render(request, "spaces/space.html", {"form": form, "space": row})


@require_http_methods(READ_AND_SEND)
@needs("manage")
def rung(request: PlaceRequest, community: str, rung_id: int | None = None) -> HttpResponse:
    """A new step, or the words of one."""
    place = request.community
    row = get_object_or_404(Rung, pk=rung_id, community=place) if rung_id is not None else None
    form = RungForm(request.POST or None, instance=row, community=place)
    if request.method == "POST" and form.is_valid():
        save_rung(request.viewer, rung=form.instance)
        messages.success(request, _("Saved."))
        return redirect("spaces:spaces", community)
    point_at_first_mistake(form)
    return render(request, "spaces/rung.html", {"form": form, "rung": row})
