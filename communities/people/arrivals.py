"""Where somebody came from when they signed up, as their own browser remembered it: a page, a site, a campaign. No more."""

import datetime as dt
import re
from collections.abc import Mapping
from contextlib import suppress
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from communities.people.looks import tidy
from communities.people.models import Arrival, User

# The fields of the form, which the page's script fills.
FIELDS = ("landing", "referrer", "source", "medium", "campaign", "landed_at")
KEPT = dt.timedelta(days=90)
KEYS = re.compile(r"(/(?:i|n|me/data)/).*")  # behind these stands a key, which nobody keeps
HOST = re.compile(r"(?=.{1,200}$)[a-z0-9-]+(\.[a-z0-9-]+)+")


def remember_arrival(user: User, told: Mapping[str, object], *, next_page: str = "") -> None:
    """Once a person; what makes no sense is left out, what is too long is cut. next_page: where no script told of a landing."""
    said = {name: str(told.get(name) or "") for name in FIELDS}
    landing = _path(said["landing"])
    Arrival.objects.get_or_create(
        user=user,
        defaults={
            "landing": landing or _path(next_page),
            "referrer": _host(said["referrer"]),
            "source": tidy(said["source"])[:80],
            "medium": tidy(said["medium"])[:80],
            "campaign": tidy(said["campaign"])[:80],
            "landed_at": _moment(said["landed_at"]) if landing else None,
        },
    )


def _path(address: str) -> str:
    """A path of this site without its query; of an invitation that it was one, not which."""
    path = KEYS.sub(r"\1", address.partition("?")[0].partition("#")[0])
    plain = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable()
    return path[:300] if plain else ""


def _host(name: str) -> str:
    """The name of another site."""
    name = name.lower()
    own = urlsplit(settings.SITE_URL).hostname
    return name if HOST.fullmatch(name) and name != own else ""


def _moment(said: str) -> dt.datetime | None:
    with suppress(ValueError):
        moment = parse_datetime(said)
        if moment is not None and timezone.is_aware(moment) and timezone.now() - KEPT <= moment <= timezone.now():
            return moment
    return None
