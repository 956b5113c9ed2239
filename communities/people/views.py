"""/me/: one's own account across all communities."""

import zoneinfo

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from communities.access.gates import needs_account
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
