"""Preview: the real page of a post for somebody else, as it would be with what stands in the form now."""

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from communities.access.gates import needs_account
from communities.access.viewer import Viewer
from communities.members.models import Role, Standing
from communities.people.models import User
from communities.spaces.models import Community
from communities.spaces.request import PlaceRequest
from communities.ui.ahead import looking_ahead
from communities.ui.headers import content_policy
from content.posts import views
from content.posts.audiences import Audience, offered_to
from content.posts.drafting import form_for, initial_of, release
from content.posts.forms import PostForm
from content.posts.models import Post
from content.posts.studio_gate import own_post

VISITOR = "visitor"
NOBODY = 0  # the user id of somebody who owns nothing and was never here


class NotReady(Exception):
    """The post cannot go out like this; `form` says why."""

    def __init__(self, form: PostForm) -> None:
        super().__init__("not ready")
        self.form = form


def eyes_of(viewer: Viewer, community: Community) -> list[Audience]:
    """Whose eyes one can borrow: a visitor's, and those of each step up to one's own. The page shows what else they see."""
    visitor, *steps = offered_to(viewer, community)
    return [Audience(VISITOR, _("a visitor"), visitor.level), *steps]


def stand_in(community: Community, eyes: Audience) -> tuple[Any, Viewer]:
    """The person and the viewer of a request from those eyes; nobody's id, so that nothing here is theirs."""
    if eyes.word == VISITOR:
        outside = VISITOR if community.listed else "shut"
        return AnonymousUser(), Viewer(community_id=community.pk, standing=outside)
    user = User(name=eyes.label, handle=VISITOR)
    viewer = Viewer(NOBODY, community.pk, role=Role.MEMBER, rung=eyes.level, standing=Standing.MEMBER)
    return user, viewer


@require_safe
@needs_account
def preview(request: PlaceRequest, community: str, post_id: int) -> HttpResponse:
    """The frame around the preview, with the switch."""
    post = own_post(request, post_id)
    everyone = eyes_of(request.viewer, request.community)
    eyes = _chosen(request, everyone)
    here = reverse("posts:preview", args=[community, post.pk])
    page: dict[str, Any] = {
        "post": post,
        "eyes": [
            {"label": one.label, "url": f"{here}?as={one.word}", "current": one.word == eyes.word} for one in everyone
        ],
        "as_label": eyes.label,
        "raw_url": reverse("posts:preview_raw", args=[community, post.pk]) + f"?as={eyes.word}",
        "back_url": reverse("posts:write", args=[community, post.pk]),
    }
    try:
        answer_as(request, post, eyes)
    except NotReady as problem:
        page["form"] = problem.form
    return render(request, "studio/preview.html", page)


@require_safe
@needs_account
def preview_raw(request: PlaceRequest, community: str, post_id: int) -> HttpResponse:
    """What they would get, byte for byte but for tokens."""
    post = own_post(request, post_id)
    eyes = _chosen(request, eyes_of(request.viewer, request.community))
    try:
        body, status = answer_as(request, post, eyes)
    except NotReady:
        raise Http404 from None
    response = HttpResponse(body, status=status)
    response["Content-Security-Policy"] = content_policy(frame_ancestors="'self'")
    response["Cache-Control"] = "private, no-store"
    return response


def _chosen(request: HttpRequest, everyone: list[Audience]) -> Audience:
    """`as`: visitor, members, or the slug of a step; "member" is understood too."""
    word = request.GET.get("as", VISITOR)
    word = "members" if word == "member" else word
    found = next((eyes for eyes in everyone if eyes.word == word), None)
    if found is None:
        raise Http404
    return found


def answer_as(request: PlaceRequest, post: Post, eyes: Audience) -> tuple[bytes, int]:
    """Lets the post out in a transaction that is taken back, and asks the real view inside it: nothing stays behind.

    A date in the future is looked at from its own minute on. Raises NotReady where it could not be published.
    """
    viewer, place = request.viewer, request.community
    shape = form_for(viewer, place, post)
    data = {name: str(value) for name, value in initial_of(post, list(shape.audiences)).items() if name != "opens"}
    form = form_for(viewer, place, post, data)
    if not form.is_valid():
        raise NotReady(form)
    with looking_ahead(), transaction.atomic():
        try:
            with transaction.atomic():
                out = release(viewer, form, post, at_once=True)
        except ValidationError as problem:
            form.blame(problem, form.cleaned_data["kind"])
            raise NotReady(form) from problem
        answer = _ask(request, out, eyes)
        transaction.set_rollback(True)
    return answer


def _ask(request: PlaceRequest, post: Post, eyes: Audience) -> tuple[bytes, int]:
    asking = PlaceRequest()
    asking.method = "GET"
    asking.META = {
        name: value
        for name, value in request.META.items()
        if name not in ("HTTP_COOKIE", "CSRF_COOKIE", "QUERY_STRING")
    }
    asking.path = asking.path_info = post.url
    asking.community = request.community
    asking.user, asking.viewer = stand_in(request.community, eyes)
    try:
        if asking.viewer.standing == "shut":
            raise Http404
        response = views.detail(asking, request.community.slug, post.pk, post.slug)
    except Http404:
        return render_to_string("404.html").encode(), 404
    return response.content, response.status_code
