"""What people change about themselves: name, handle, words, clock and appearance."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from communities.activity.actions import record
from communities.people.handles import check_handle, keep_old_handle
from communities.people.looks import check_name, tidy
from communities.people.models import User
from communities.people.showing import tell
from communities.ui import pagecache

FIELDS = ("name", "handle", "bio", "timezone", "scheme", "unseen")
# What shows people in its pages and has to know that one of them looks different now.
_places: list[Callable[[User], None]] = []


def register_place(look_again: Callable[[User], None]) -> None:
    _places.append(look_again)


def tell_places(user: User) -> None:
    """Name, handle or face of somebody changed: no page goes on showing what was."""
    for look_again in _places:
        look_again(user)
    pagecache.bump(None)


@transaction.atomic
def change_profile(
    user: User, *, words: dict[str, Any] | None = None, seen_by: dict[str, str] | None = None, **fields: Any
) -> None:
    """fields: only FIELDS. words, seen_by: what else they say and who sees what. Raises ValidationError by field.

    A handle given up is kept for them. Records person.changed.
    """
    known = User.objects.only("pk", "handle", "name", "is_staff").get(pk=user.pk)
    before, handle = known.handle, fields.get("handle", known.handle)
    if "name" in fields:
        fields["name"] = tidy(fields["name"])
        _check("name", check_name, fields["name"], known)
    if handle != before:
        _check("handle", check_handle, handle, known)
    for name in FIELDS:
        if name in fields:
            setattr(user, name, fields[name])
    # A handle belongs to whoever writes it first, below: asking beforehand would only give the race a second sentence.
    user.full_clean(exclude=["password"], validate_unique=False, validate_constraints=False)
    try:
        with transaction.atomic():
            user.save(update_fields=list(FIELDS))
    except IntegrityError as taken:  # somebody took the handle in this very moment
        raise ValidationError({"handle": _("“%(handle)s” is somebody else already.") % {"handle": handle}}) from taken
    if handle != before:
        keep_old_handle(user, before)
    tell(user, words or {}, seen_by or {})
    record("person.changed", actor=user, obj=user)
    tell_places(user)


def _check(field: str, check: Callable[[str, User], None], value: str, user: User) -> None:
    try:
        check(value, user)
    except ValidationError as problem:
        raise ValidationError({field: problem}) from problem
