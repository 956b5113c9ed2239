"""What people change about themselves: name, handle, words, clock and appearance."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from communities.activity.actions import record
from communities.people.handles import check_handle, keep_old_handle
from communities.people.models import User
from communities.ui import pagecache

FIELDS = ("name", "handle", "bio", "timezone", "scheme")


@transaction.atomic
def change_profile(user: User, **fields: Any) -> None:
    """Only FIELDS. Raises ValidationError by field. A handle given up is kept for them. Records person.changed."""
    before = User.objects.values_list("handle", flat=True).get(pk=user.pk)
    handle = fields.get("handle", before)
    if handle != before:
        _check(handle, User(pk=user.pk, handle=before))
    for name in FIELDS:
        if name in fields:
            setattr(user, name, fields[name])
    user.full_clean(exclude=["password"])
    try:
        with transaction.atomic():
            user.save(update_fields=list(FIELDS))
    except IntegrityError as taken:  # somebody took the handle in this very moment
        raise ValidationError({"handle": _("“%(handle)s” is somebody else already.") % {"handle": handle}}) from taken
    if handle != before:
        keep_old_handle(user, before)
    record("person.changed", actor=user, obj=user)
    pagecache.bump(None)


def _check(handle: str, user: User) -> None:
    try:
        check_handle(handle, user)
    except ValidationError as problem:
        raise ValidationError({"handle": problem}) from problem
