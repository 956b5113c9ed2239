"""The door and the page of an invitation: GET shows what is asked, POST knocks."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from communities.access.texts import TooMuch, unhurried
from communities.access.viewer import load
from communities.members.door import Shut, knock, withdraw_request
from communities.members.entrance.forms import DoorForm
from communities.members.entrance.reading import Doorway, doorway
from communities.members.guidelines import accept_version
from communities.members.invitations import Gone, named, why_gone
from communities.members.models import Invitation, JoinRequest, Member
from communities.spaces.models import Community, Topic
from communities.spaces.request import PlaceRequest
from communities.ui.focus import point_at_first_mistake

READ_AND_SEND = ["GET", "HEAD", "POST"]


@require_http_methods(READ_AND_SEND)
def join(request: PlaceRequest, community: str) -> HttpResponse:
    """Whoever is in already goes on to the stream; a bare POST from a button elsewhere joins where nothing is asked."""
    place, viewer = request.community, request.viewer
    if request.method == "POST" and not request.user.is_authenticated:
        return redirect_to_login(request.path)
    if viewer.is_member:
        return redirect("posts:stream", community)
    way = doorway(request.user, place, viewer)
    if request.method == "POST":
        return _knocked(request, way, request.path)
    return _page(request, way, DoorForm(way=way))


@require_http_methods(READ_AND_SEND)
def invited(request: HttpRequest, token: str) -> HttpResponse:
    """Where a link leads: the token is the right to know of the place, listed or not. Looking at it uses nothing up."""
    links = Invitation.objects.select_related("community__logo", "creator")
    link = links.filter(token=token).first()
    if link is None:
        raise Http404
    found = load(request.user, link.community)
    assert found is not None
    if found.viewer.is_member:
        messages.info(request, _("You are in already: this is the place."))
        return redirect("posts:stream", link.community.slug)
    if request.method == "POST" and not request.user.is_authenticated:
        return redirect_to_login(request.path)
    way = doorway(request.user, link.community, found.viewer, link)
    answer = (
        _knocked(request, way, request.path) if request.method == "POST" else _page(request, way, DoorForm(way=way))
    )
    # A form of a page without a referrer has no origin either, and would be refused as a stranger's.
    answer["Referrer-Policy"] = "same-origin" if request.user.is_authenticated else "no-referrer"
    answer["X-Robots-Tag"] = "noindex"
    return answer


def _knocked(request: HttpRequest, way: Doorway, here: str) -> HttpResponse:
    """From the door's own form, or from a button on another page, which knows nothing of what is asked."""
    if request.POST.get("do") == "withdraw":
        return _withdrawn(request, way, here)
    form = DoorForm(request.POST, way=way)
    if not form.is_valid():
        return _page(request, way, form)
    if way.by_paying:
        return _to_the_steps(request, way, form, here)
    try:
        came = knock(request.user, way.place, answers=form.answers, version=form.version, invitation=way.invitation)
    except Shut:
        return _page(request, way, form)
    except Gone as problem:
        return _page(request, way, DoorForm(way=way), gone=str(problem))
    except ValidationError as problem:
        if "door" not in request.POST and not isinstance(problem, TooMuch):
            return redirect(here)
        _tell(form, problem)
        return unhurried(_page(request, way, form), problem)
    if isinstance(came, JoinRequest):
        return redirect(here)
    return redirect(onward(came))


def _to_the_steps(request: HttpRequest, way: Doorway, form: DoorForm, here: str) -> HttpResponse:
    """They agree first and pay then; nobody is a member before the payment is certain."""
    if way.guidelines is not None:
        try:
            accept_version(request.user, way.place, version=form.version)
        except ValidationError as problem:
            if "door" not in request.POST:
                return redirect(here)
            _tell(form, problem)
            return _page(request, way, form)
    return redirect(way.paid_way.url if way.paid_way is not None and not way.full else here)


def _tell(form: DoorForm, problem: ValidationError) -> None:
    """Each sentence at its field; a question that came up meanwhile has none here, and the page shows it now."""
    by_field = problem.message_dict if hasattr(problem, "error_dict") else {"": problem.messages}
    for name, sentences in by_field.items():
        form.add_error(name if name in form.fields else None, sentences)


def _withdrawn(request: HttpRequest, way: Doorway, here: str) -> HttpResponse:
    if way.waiting is not None:
        try:
            withdraw_request(request.user, request=way.waiting)
        except ValidationError as problem:
            messages.error(request, " ".join(problem.messages))
        else:
            messages.success(request, _("Taken back. You can knock again whenever you like."))
    return redirect(here)


def _page(request: HttpRequest, way: Doorway, form: DoorForm, gone: str = "") -> HttpResponse:
    point_at_first_mistake(form)
    link = way.invitation
    page: dict[str, Any] = {"way": way, "place": way.place, "form": form, "here": request.path}
    if link is None:
        return render(request, "members/door.html", page)
    waits = way.waiting is not None and way.waiting.invitation_id == link.pk
    page |= {
        "inviter": link.creator,
        "inviter_name": named(link.creator),
        "gone": gone or ("" if waits else why_gone(link)),
    }
    return render(request, "members/invited.html", page)


def onward(member: Member) -> str:
    """Where somebody goes who has just come in: to the first questions where there are any, else to the stream."""
    asked = member.onboarded_at is None and Topic.objects.filter(community=member.community_id).exists()
    place = Community.objects.values_list("slug", flat=True).get(pk=member.community_id)
    return reverse("members:welcome" if asked else "posts:stream", args=[place])
