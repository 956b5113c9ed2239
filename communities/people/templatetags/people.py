"""What the pages of an account show: browsers by name, and the other place through which one may sign in."""

from typing import Any
from urllib.parse import urlencode

from allauth.account.utils import get_next_redirect_url
from allauth.socialaccount.models import SocialAccount
from django import template
from django.conf import settings
from django.template import Context
from django.urls import reverse

from communities.people.arrivals import FIELDS
from communities.people.browsers import browser_of

register = template.Library()

register.filter("browser", browser_of)


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
