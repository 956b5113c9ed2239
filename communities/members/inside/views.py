"""The guidelines and agreeing to them, the first questions, and leaving."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from communities.access.gates import needs_account, without_agreeing
from communities.members.entrance.forms import WelcomeForm
from communities.members.guidelines import accept_version, current
from communities.members.models import Acceptance, Member, Role, Standing
from communities.members.parting import end_all, what_ends
from communities.members.seats import leave_community
from communities.members.topics import choose_topics
from communities.spaces.models import Topic
from communities.spaces.request import PlaceRequest
from communities.ui import pagecache

READ_AND_SEND = ["GET", "HEAD", "POST"]


@require_http_methods(READ_AND_SEND)
@without_agreeing
def guidelines(request: PlaceRequest, community: str) -> HttpResponse:
    """For everybody who may know the place; a member who has not agreed to this version does it here."""
    place, viewer = request.community, request.viewer
    row = current(place)
    problem = ""
    if request.method == "POST":
        if not viewer.must_accept:
            raise PermissionDenied
        try:
            accept_version(request.user, place, version=sent_version(request))
        except ValidationError as refusal:
            problem = " ".join(refusal.messages)
        else:
            messages.success(request, _("Thank you. Everything is open to you again."))
            return redirect(_back(request) or f"/c/{community}/")
    mine = None
    if viewer.is_member and row is not None:
        mine = Acceptance.objects.filter(user=request.user.pk, guidelines=row).first()
    page = {"guidelines": row, "mine": mine, "problem": problem, "next": _back(request)}
    response = render(request, "members/guidelines.html", page)
    return response if request.GET or request.method == "POST" else pagecache.share(response, request)


def sent_version(request: HttpRequest) -> int | None:
    """The version whose tick was sent along, or None."""
    sent = request.POST.get("agree_to", "")
    return int(sent) if sent.isdecimal() and len(sent) < 10 else None


def _back(request: HttpRequest) -> str:
    """Where they came from, on this site only."""
    back = request.POST.get("next") or request.GET.get("next") or ""
    safe = back.startswith("/") and url_has_allowed_host_and_scheme(back, allowed_hosts=None)
    return back if safe else ""


@require_http_methods(READ_AND_SEND)
@needs_account
@without_agreeing
def welcome(request: PlaceRequest, community: str) -> HttpResponse:
    """What one cares about and struggles with; skipped with one button, changed whenever one likes."""
    viewer = request.viewer
    if not viewer.is_member or request.seat is None:
        raise Http404
    seat: Member = request.seat
    topics = list(Topic.objects.filter(community=request.community))
    picked = {(topic.kind, topic.slug) for topic in seat.topics.all()}
    initial = {kind: [slug for one, slug in picked if one == kind] for kind in Topic.Kind.values}
    form = WelcomeForm(request.POST if request.method == "POST" else None, topics=topics, initial=initial)
    if request.method == "POST":
        if request.POST.get("do") == "skip":
            kept = [topic for topic in topics if (topic.kind, topic.slug) in picked]
            choose_topics(viewer, member=seat, topics=kept)
            return redirect("posts:stream", community)
        if form.is_valid():
            choose_topics(viewer, member=seat, topics=form.chosen())
            return redirect("posts:stream", community)
    page = {"form": form, "topics": topics, "first": seat.onboarded_at is None}
    return render(request, "members/welcome.html", page)


@require_http_methods(READ_AND_SEND)
@needs_account
@without_agreeing
def leave(request: PlaceRequest, community: str) -> HttpResponse:
    """Says what stays and what goes, then goes; the last owner is told why they cannot."""
    seat = request.seat
    if seat is None or seat.standing == Standing.LEFT:
        raise Http404
    problem = ""
    if request.method == "POST":
        try:
            leave_community(request.viewer, community=request.community)
        except PermissionDenied as refusal:
            problem = str(refusal)
        else:
            end_all(seat)
            messages.success(request, _("You have left %(name)s.") % {"name": request.community})
            return redirect("people:me")
    page = {"seat": seat, "team": seat.role != Role.MEMBER, "ends": what_ends(seat), "problem": problem}
    return render(request, "members/leave.html", page, status=403 if problem else 200)
