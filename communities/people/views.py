"""/me/: one's own account across all communities."""

import zoneinfo
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
from communities.people.actions import end_session
from communities.people.forms import MeForm
from communities.people.models import User
from communities.people.profile import FIELDS, change_profile
from communities.ui.focus import point_at_first_mistake
from communities.ui.panels import panels_for


@require_http_methods(["GET", "HEAD", "POST"])
@needs_account
def me(request: HttpRequest) -> HttpResponse:
    assert request.user.is_authenticated
    user = User.objects.get(pk=request.user.pk)  # a refused form must not change the name in the page's own menu
    initial = {name: getattr(user, name) for name in FIELDS}
    form = MeForm(request.POST if request.method == "POST" else None, user=user, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            change_profile(user, **form.cleaned_data)
        except ValidationError as problem:  # somebody took the handle in this very moment
            form.add_error("handle" if "handle" in problem.message_dict else None, problem.messages)
        else:
            messages.success(request, _("Saved."))
            return redirect("people:me")
    point_at_first_mistake(form)
    zones = ["UTC", *sorted(zone for zone in zoneinfo.available_timezones() if "/" in zone and "Etc" not in zone)]
    return render(request, "people/me.html", {"form": form, "zones": zones, "panels": panels_for(request)})


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
