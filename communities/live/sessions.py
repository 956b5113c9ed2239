"""Is a socket's person still signed in? A session that ended, a password that was changed, an account that was shut end it."""

import hmac
from collections.abc import Sequence

from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session
from django.utils import timezone

Credentials = tuple[str, int, str]  # session key, user id, the hash of the password that the session was begun with


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
    hashes = {user.pk: user.get_session_auth_hash() for user in people.only("password")}  # type: ignore[attr-defined]
    return {
        one
        for one in known
        if one[0] not in living or not hmac.compare_digest(hashes.get(one[1], "").encode(), one[2].encode())
    }
