"""What people change about themselves: name, handle, words, clock and appearance."""

from typing import Any

from django.db import transaction

from communities.activity.actions import record
from communities.people.models import User
from communities.ui import pagecache

FIELDS = ("name", "handle", "bio", "timezone", "scheme")
RESERVED_HANDLES = frozenset(
    {
        "about", "admin", "administrator", "api", "everybody", "everyone", "hearth", "help", "here", "house", "me", "member",
        "members", "moderator", "mods", "nobody", "owner", "public", "root", "security", "staff", "support", "system", "team",
        "visitor", "webmaster",
    }
)  # fmt: skip


@transaction.atomic
def change_profile(user: User, **fields: Any) -> None:
    """Only FIELDS. Raises ValidationError by field. Records person.changed."""
    for name in FIELDS:
        if name in fields:
            setattr(user, name, fields[name])
    user.full_clean(exclude=["password"])
    user.save(update_fields=list(FIELDS))
    record("person.changed", actor=user, obj=user)
    pagecache.bump(None)
