"""Handles: who one leads to, which ones are free, and what became of those that somebody had before."""

import datetime as dt
from collections.abc import Iterable

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from communities.people.models import OldHandle, User
from communities.people.names import OFFICIAL, shape_of

RESERVED = OFFICIAL | frozenset(
    {
        "about", "accounts", "anonymous", "api", "everybody", "everyone", "gone", "here", "login", "me", "member", "members",
        "nobody", "null", "people", "public", "security", "settings", "signup", "undefined", "visitor",
    }
)  # fmt: skip
MOST_CHANGES = 5
WITHIN = dt.timedelta(days=30)


def find_by_handle(handle: str) -> tuple[User | None, bool]:
    """(who has this handle, False), (who had it once, True) or (None, False). Case and a leading @ do not matter."""
    wanted = handle.strip().lstrip("@").lower()
    user = User.objects.filter(handle=wanted).first()
    if user is not None:
        return user, False
    old = OldHandle.objects.filter(handle=wanted).select_related("user").first()
    return (old.user, True) if old is not None else (None, False)


def people_by_handle(handles: Iterable[str]) -> dict[str, User]:
    """Those that exist, by the handle that was asked for, in two queries; an old handle leads to whoever had it."""
    wanted = {handle.lower(): handle for handle in handles}
    found = {wanted[user.handle]: user for user in User.objects.filter(handle__in=wanted)}
    left = [handle for handle, asked in wanted.items() if asked not in found]
    for old in OldHandle.objects.filter(handle__in=left).select_related("user") if left else ():
        found[wanted[old.handle]] = old.user
    return found


def check_handle(handle: str, user: User) -> None:
    """ValidationError with a sentence where this person may not take this handle. Their own, today's or an old one, they may.

    People are asked before old handles: who is just giving one up writes the second in the same commit that frees the first.
    """
    if handle == user.handle or OldHandle.objects.filter(handle=handle, user=user).exists():
        return
    params = {"handle": handle}
    if _is_kept(handle):
        raise ValidationError(_("“%(handle)s” is kept for the house. Choose another."), params=params)
    for check in User._meta.get_field("handle").validators:
        check(handle)
    # Asked once: between two questions somebody might come to have it.
    similar = (
        User.objects.exclude(pk=user.pk).filter(handle_shape=shape_of(handle)).values_list("handle", flat=True).first()
    )
    if similar == handle:
        raise ValidationError(_("“%(handle)s” is somebody else already."), params=params)
    if similar is not None:
        raise ValidationError(_("“%(handle)s” looks too much like somebody else here."), params=params)
    if OldHandle.objects.filter(shape=shape_of(handle)).exclude(user=user).exists():
        raise ValidationError(_("“%(handle)s” was somebody else's and still leads to them."), params=params)
    if OldHandle.objects.filter(user=user, until__gt=timezone.now() - WITHIN).count() >= MOST_CHANGES:
        raise ValidationError(_("Five new handles in a month are enough. You can go back to one that you had."))


def keep_old_handle(user: User, before: str) -> None:
    """After a change: the old handle stays theirs for good; the one they took is no old one any more."""
    OldHandle.objects.filter(user=user, handle=user.handle).delete()
    OldHandle.objects.get_or_create(handle=before, defaults={"user": user, "shape": shape_of(before)})


def _is_kept(handle: str) -> bool:
    """The house's words and whoever looks like them: `adm1n`, `support-24`, `halftone_team` where Halftone is the house."""
    house = slugify(settings.BRAND)
    bare = handle.rstrip("0123456789-_")
    kept = {shape_of(word) for word in RESERVED} | {shape_of(house)}
    joined = {shape_of(first + last) for first in (house, "the", "official") for last in (*OFFICIAL, house)}
    joined |= {shape_of(word + house) for word in OFFICIAL}
    official = {shape_of(word) for word in OFFICIAL} | {shape_of(house)}
    return shape_of(handle) in kept | joined or (bool(bare) and shape_of(bare) in joined | official)
