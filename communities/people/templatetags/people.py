"""What the pages of an account show: browsers by name, and the other place through which one may sign in."""

import re
from typing import Any
from urllib.parse import urlencode

from allauth.account.utils import get_next_redirect_url
from allauth.socialaccount.models import SocialAccount
from django import template
from django.conf import settings
from django.template import Context
from django.urls import reverse
from django.utils.translation import gettext as _

from communities.people.arrivals import FIELDS

register = template.Library()

# The first that is found counts: nearly every browser names others as well.
BROWSERS = (
    ("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Firefox", "Firefox"), ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"), ("Chrome", "Chrome"), ("Safari", "Safari"),
)  # fmt: skip
SYSTEMS = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("CrOS", "ChromeOS"),
    ("Mac OS X", "Mac"), ("Linux", "Linux"),
)  # fmt: skip


@register.filter
def browser(agent: str) -> str:
    """What a browser calls itself, as people say it: “Firefox on Windows”; its own first word where it is none of these."""
    name = next((said for mark, said in BROWSERS if mark in agent), "")
    system = next((said for mark, said in SYSTEMS if mark in agent), "")
    if name and system:
        return _("%(browser)s on %(system)s") % {"browser": name, "system": system}
    return name or system or (re.match(r"[\w .-]{1,40}", agent) or [_("A browser")])[0]


@register.simple_tag
def other_place() -> str:
    """The name of the provider that the settings name; "" where there is none."""
    found = _app()
    return str(found["name"]) if found else ""


@register.filter
def place(account: SocialAccount) -> str:
    """Where a connection leads, also when the settings no longer name it."""
    found = _app()
    return str(found["name"]) if found and found["provider_id"] == account.provider else account.provider


@register.inclusion_tag("people/_other_way.html", takes_context=True)
def other_way(context: Context, process: str) -> dict[str, Any]:
    """The button that leads to the provider: process is "login" or "connect"."""
    found, request = _app(), context["request"]
    if not found:
        return {}
    back = get_next_redirect_url(request)
    query = urlencode({"process": process} | ({"next": back} if back else {}))
    address = reverse("openid_connect_login", args=[found["provider_id"]])
    token = context.get("csrf_token")
    return {"url": f"{address}?{query}", "name": found["name"], "process": process, "csrf_token": token, "told": FIELDS}


def _app() -> dict[str, Any] | None:
    apps = settings.SOCIALACCOUNT_PROVIDERS.get("openid_connect", {}).get("APPS", [])
    return apps[0] if apps else None
