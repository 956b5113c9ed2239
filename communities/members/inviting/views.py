"""One's invitations, and for the team everybody's."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from communities.access.gates import needs_account
from communities.access.rules import may
from communities.access.texts import unhurried
from communities.members.invitations import make_invitation, may_invite, revoke_invitation, unbound
from communities.members.inviting.forms import InviteForm
from communities.members.inviting.reading import links_of_others, own_links
from communities.members.models import Invitation
from communities.spaces.request import PlaceRequest
from communities.ui.focus import point_at_first_mistake


@require_http_methods(["GET", "HEAD", "POST"])
@needs_account
def invite(request: PlaceRequest, community: str) -> HttpResponse:
    """A new link, one's links with who came by them; the team sees and takes back everybody's."""
    place, viewer = request.community, request.viewer
    if not may_invite(viewer):
        raise Http404
    form = InviteForm(request.POST if request.method == "POST" else None, unbound=unbound(viewer))
    refusal = None
    if request.method == "POST" and form.is_valid():
        try:
            make_invitation(viewer, community=place, **form.asked())
        except ValidationError as problem:
            refusal = problem
            _tell(form, problem)
        else:
            messages.success(request, _("Here it is: the first link below. Send it to whom you mean."))
            return redirect("members:invite", community)
    point_at_first_mistake(form)
    assert viewer.user_id is not None  # whoever may invite is signed in
    asked = request.GET
    page = {"form": form, "own": own_links(place.pk, viewer.user_id, asked.get("before", "")), "asked": asked}
    if may(viewer, "admit"):
        page["others"] = links_of_others(place.pk, viewer.user_id, asked.get("others", ""))
    answer = render(request, "members/invite.html", page)
    return unhurried(answer, refusal) if refusal else answer


def _tell(form: InviteForm, problem: ValidationError) -> None:
    by_field = problem.message_dict if hasattr(problem, "error_dict") else {"": problem.messages}
    for name, sentences in by_field.items():
        field = {"expires_at": "days"}.get(name, name)
        form.add_error(field if field in form.fields else None, sentences)


@require_POST
@needs_account
def revoke(request: PlaceRequest, community: str, invitation_id: int) -> HttpResponse:
    link = get_object_or_404(Invitation, pk=invitation_id, community=request.community)
    try:
        revoke_invitation(request.viewer, invitation=link)
    except PermissionDenied:
        raise Http404 from None  # somebody else's link is nobody's business
    messages.success(request, _("Taken back: the link opens nothing any more."))
    return redirect("members:invite", community)
