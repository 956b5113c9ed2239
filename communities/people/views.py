"""/me/: one's own account across all communities."""

from typing import Any
from urllib.parse import urlencode

from allauth.account.adapter import get_adapter
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from communities.access.gates import needs_account
from communities.access.request import Request
from communities.files.refusal import UploadRefused
from communities.people import limits
from communities.people.actions import end_session
from communities.people.faces import remove_face, set_face
from communities.people.forms import MeForm
from communities.people.leaving import closing_of
from communities.people.models import Profile, User
from communities.people.profile import FIELDS, change_profile
from communities.people.profile_forms import FaceForm, WordsForm
from communities.ui.focus import point_at_first_mistake
from communities.ui.panels import panels_for
from communities.ui.zones import suggested_zones


@require_http_methods(["GET", "HEAD", "POST"])
@needs_account
def me(request: Request) -> HttpResponse:
    user = _oneself(request)
    sent = request.POST if request.method == "POST" else None
    form, words = MeForm(sent, user=user, initial=_initial(user)), WordsForm(sent, user=user)
    if sent is not None and form.is_valid() and words.is_valid():
        try:
            change_profile(user, words=words.words(), seen_by=words.seen_by(), **form.cleaned_data)
        except ValidationError as problem:  # somebody took the handle in this very moment
            form.add_error(next((name for name in FIELDS if name in problem.message_dict), None), problem.messages)
        else:
            messages.success(request, _("Saved."))
            return redirect("people:me")
    return _page(request, form=form, words=words)


@require_POST
@needs_account
def face(request: Request) -> HttpResponse:
    """Takes a picture as one's face (`file`), or the one that is there down (`remove`)."""
    user = _oneself(request)
    if "remove" in request.POST:
        remove_face(user)
        messages.success(request, _("Your picture is gone. The drawn face is back."))
        return redirect("people:me")
    form = FaceForm(request.POST, request.FILES)
    if form.is_valid():
        limits.take(limits.FACES, user.pk)
        try:
            set_face(user, form.cleaned_data["file"])
        except UploadRefused as refusal:
            form.add_error("file", refusal.sentence)
        else:
            messages.success(request, _("That is you now."))
            return redirect("people:me")
    return _page(request, face_form=form)


def _oneself(request: HttpRequest) -> User:
    """Read anew: a refused form must not change the name in the page's own menu."""
    assert request.user.is_authenticated
    return User.objects.select_related("profile").get(pk=request.user.pk)


def _initial(user: User) -> dict[str, Any]:
    return {name: getattr(user, name) for name in FIELDS}


def _page(request: Request, **forms: Any) -> HttpResponse:
    user = _oneself(request)
    form = forms.get("form") or MeForm(user=user, initial=_initial(user))
    words = forms.get("words") or WordsForm(user=user)
    face_form = forms.get("face_form") or FaceForm()
    for one in (form, words, face_form):
        point_at_first_mistake(one)
        if one.errors:
            break
    told = [(form["bio"], words["seen_bio"]), *((words[name], words[f"seen_{name}"]) for name in Profile.FIELDS[1:])]
    page = {"form": form, "words": words, "told": told, "face_form": face_form, "zones": suggested_zones()}
    page["leaving"] = {"closing": closing_of(user)}
    return render(request, "people/me.html", {**page, "panels": panels_for(request)})


@require_POST
@needs_account
def end_one_session(request: HttpRequest, session_id: int) -> HttpResponse:
    """One of one's own browsers is signed out; this one may be it."""
    assert request.user.is_authenticated
    try:
        end_session(request.user, session_id=session_id)
    except UserSession.DoesNotExist:
        raise Http404 from None
    messages.success(request, _("That browser is signed out."))
    return redirect("usersessions_list")


@require_safe
@needs_account
def again(request: HttpRequest) -> HttpResponse:
    """For those who have no password to be asked for once more: sign out, and in with a code, and back."""
    back = request.GET.get("next", "")
    safe = back if get_adapter(request).is_safe_url(back) else reverse("people:me")
    return render(request, "people/again.html", {"then": f"{reverse('account_login')}?{urlencode({'next': safe})}"})
