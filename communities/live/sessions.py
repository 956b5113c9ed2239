"""Is a socket's person still signed in? A session that ended, a password that was changed, an account that was shut end it."""

import hmac
from collections.abc import Sequence
from importlib import import_module
from types import SimpleNamespace
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user, get_user_model
from django.contrib.sessions.models import Session
from django.http import parse_cookie
from django.utils import timezone

Credentials = tuple[str, int, str]  # session key, user id, the hash of the password that the session was begun with


def whose(cookies: str) -> Credentials | None:
    """Who sends this Cookie header, as Django itself would say; None for a visitor."""
    key = parse_cookie(cookies).get(settings.SESSION_COOKIE_NAME, "")
    if not key:
        return None
    store = import_module(settings.SESSION_ENGINE).SessionStore(key)
    asking: Any = SimpleNamespace(session=store)
    user = get_user(asking)
    if not user.is_authenticated:
        return None
    return store.session_key or "", user.pk, user.get_session_auth_hash()


def ended_among(known: Sequence[Credentials]) -> set[Credentials]:
    """Those that are over. Two queries for any number."""
    if not known:
        return set()
    keys = {key for key, _user, _hash in known}
    living = set(
        Session.objects.filter(session_key__in=keys, expire_date__gt=timezone.now()).values_list(
            "session_key", flat=True
        )
    )
    people = get_user_model()._default_manager.filter(pk__in={user for _key, user, _hash in known}, is_active=True)
    hashes = {user.pk: user.get_session_auth_hash() for user in people.only("password")}
    return {
        one
        for one in known
        if one[0] not in living or not hmac.compare_digest(hashes.get(one[1], "").encode(), one[2].encode())
    }
