"""The branded admin: brand staff only, grouped by the three packages, with what waits for somebody on its first page."""

from functools import update_wrapper
from typing import Any

from django.conf import settings
from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import Min
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

PACKAGES = ("communities", "memberships", "content")
NAMES = {
    "communities": gettext_lazy("Communities"),
    "memberships": gettext_lazy("Memberships"),
    "content": gettext_lazy("Content"),
}


# What is looked at most stands first; what is not named here follows.
ORDER = (
    "Community",
    "Member",
    "Report",
    "JoinRequest",
    "Invitation",
    "User",
    "Space",
    "Rung",
    "Mail",
    "File",
    "Export",
    "Closing",
    "Act",
    "LogEntry",
    "Group",
    "Activity",
    "Delivery",
)


def rank(model: dict[str, Any]) -> tuple[int, str]:
    name = model["object_name"]
    return (ORDER.index(name) if name in ORDER else len(ORDER), str(model["name"]))


class HearthAdminSite(AdminSite):
    site_header = settings.BRAND
    site_title = settings.BRAND
    index_title = gettext_lazy("The desk")
    index_template = "admin/desk.html"
    enable_nav_sidebar = False

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """Signed out: on to sign-in. Signed in without the right: the page does not exist."""
        inner = super().admin_view(view, cacheable)

        def gate(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path(), reverse("account_login"))
            if not self.has_permission(request):
                raise Http404
            try:
                return inner(request, *args, **kwargs)
            except PermissionDenied:
                if request.method in ("GET", "HEAD"):
                    raise Http404 from None
                raise

        return update_wrapper(gate, inner)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """One door for everybody: the site's own sign-in, with its limits and second factor."""
        target = request.GET.get("next", "")
        if not url_has_allowed_host_and_scheme(target, allowed_hosts=None):
            target = reverse("admin:index")
        if not request.user.is_authenticated:
            return redirect_to_login(target, reverse("account_login"))
        if not self.has_permission(request):
            raise Http404
        return HttpResponseRedirect(target)

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        return redirect("account_logout")

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        return redirect("account_change_password")

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[dict[str, Any]]:
        """The apps of a package under its name; asked for one app, that app alone."""
        apps = super().get_app_list(request, app_label)
        if app_label is not None:
            return apps
        groups: dict[str, dict[str, Any]] = {}
        for app in apps:
            for model in app["models"]:
                package = model["model"].__module__.split(".")[0]
                name = package if package in PACKAGES else "communities"  # Django's own groups and log belong to people
                url = f"{reverse('admin:index')}#{name}"
                group: dict[str, Any] = {
                    "name": NAMES[name],
                    "app_label": name,
                    "app_url": url,
                    "has_module_perms": True,
                    "models": [],
                }
                groups.setdefault(name, group)["models"].append(model)
        for group in groups.values():
            group["models"].sort(key=rank)
        return [groups[name] for name in PACKAGES if name in groups]

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        return {**super().each_context(request), "alarms": alarms()}

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        return super().index(request, {**(extra_context or {}), "desk": waiting_for(request)})


def alarms() -> list[str]:
    """What everybody at the desk has to know at once."""
    from memberships.billing.key_standing import refused_since

    since = refused_since()
    if since is None:
        return []
    said = _(
        "Stripe takes our key no longer, for %(time)s now: nothing can be bought or changed. Members keep what they have. Put a "
        "new key into STRIPE_API_KEY and start again; manage.py stripe_check says whether it works."
    )
    return [said % {"time": timesince(since, timezone.now())}]


def waiting_for(request: HttpRequest) -> list[dict[str, Any]]:
    """What waits for somebody, with a link to it: only what this person may look at."""
    from communities.access.models import State
    from communities.activity.models import Delivery
    from communities.mail.models import Mail
    from communities.members.models import JoinRequest, Member, Standing
    from content.posts.models import Post
    from memberships.billing.models import Dispute

    may = request.user.has_perm
    cards: list[dict[str, Any]] = []

    def card(name: str, value: Any, model: str, query: str, *, calls: bool = False) -> None:
        url = reverse(f"admin:{model}_changelist") + query
        cards.append({"name": name, "value": value, "url": url, "calls": calls and bool(value)})

    if may("posts.view_post"):
        hidden = Post.objects.filter(state=State.HIDDEN).count()
        card(_("Hidden posts"), hidden, "posts_post", f"?state__exact={State.HIDDEN}")
    if may("members.view_member"):
        suspended = Member.objects.filter(standing=Standing.SUSPENDED).count()
        card(_("Suspended members"), suspended, "members_member", f"?standing__exact={Standing.SUSPENDED}")
    if may("members.view_joinrequest"):
        asked = JoinRequest.objects.filter(state=JoinRequest.State.ASKED).count()
        card(_("Requests to join"), asked, "members_joinrequest", "?state__exact=asked", calls=True)
    if may("mail.view_mail"):
        parked = Mail.objects.filter(state=Mail.State.PARKED).count()
        card(_("Mail that could not be sent"), parked, "mail_mail", f"?state__exact={Mail.State.PARKED}", calls=True)
    if may("billing.view_dispute"):
        disputed = Dispute.objects.filter(closed_at__isnull=True).count()
        card(_("Open disputes at banks"), disputed, "billing_dispute", "?closed_at__isempty=1", calls=True)
    if may("activity.view_delivery"):
        outbox = Delivery.objects.filter(parked=True).count()
        card(_("Parked deliveries"), outbox, "activity_delivery", "?parked__exact=1", calls=True)
        oldest = Delivery.objects.filter(parked=False).aggregate(oldest=Min("activity__recorded_at"))["oldest"]
        age = timesince(oldest, timezone.now()) if oldest else _("nothing waits")
        card(_("Outbox, oldest"), age, "activity_delivery", "?parked__exact=0")
    return cards
