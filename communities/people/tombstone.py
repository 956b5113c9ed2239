"""The last bite of leaving: everything that says who somebody was is overwritten or deleted, and their row stays as a tombstone."""

import re
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.crypto import get_random_string

from communities.mail.models import Mail, Suppression
from communities.people.exporting import drop_exports
from communities.people.models import Arrival, OldHandle, Profile, User
from communities.people.portable import GONE, forget_log
from communities.people.profile import tell_places

LETTERS = "abcdefghjkmnpqrtuvwxyz2346789"  # none that looks like another
# What an empty account looks like; the moment they came stays, it is a number in the statistics.
NOTHING = {
    "name": "", "bio": "", "timezone": "", "scheme": "", "unseen": False, "face_token": "",
    "bell_at": None, "bell_seen_at": None, "blocks_at": None,
    "last_login": None, "is_active": False, "is_staff": False, "is_superuser": False,
}  # fmt: skip


def become_tombstone(user: User) -> None:
    """Inside the transaction of the closing. What sign-in and sign-up ask finds nobody any more: the address is free."""
    _forget_name_in_mail(user)
    _forget_addresses(user)
    for model in (Authenticator, SocialAccount, UserSession, Profile, OldHandle, Arrival):
        model.objects.filter(user=user).delete()
    drop_exports(user)
    user.groups.clear()
    user.user_permissions.clear()
    stone = get_random_string(14, LETTERS)
    fields: dict[str, Any] = {**NOTHING, "handle": f"gone-{stone}", "email": f"gone-{stone}@gone.invalid"}
    for name, value in (fields | {"left_at": timezone.now()}).items():
        setattr(user, name, value)
    user.set_unusable_password()
    user.save()
    forget_log(User, [user.pk])
    tell_places(user)


def _forget_addresses(user: User) -> None:
    """Mail rows go with the addresses they went to, whether or not they name the person."""
    known = {user.email.lower(), *EmailAddress.objects.filter(user=user).values_list(Lower("email"), flat=True)}
    Mail.objects.filter(user=user).delete()
    for model, field in ((Mail, "to"), (Suppression, "email")):
        model._default_manager.alias(plain=Lower(field)).filter(plain__in=known).delete()
    EmailAddress.objects.filter(user=user).delete()


def _forget_name_in_mail(user: User) -> None:
    """Subjects of letters to others named them; what the letters said was wiped when they went out, of most."""
    names = {user.name, user.handle, *OldHandle.objects.filter(user=user).values_list("handle", flat=True)}
    for name in {one for one in names if len(one) > 1}:
        word = re.compile(rf"(?<!\w)@?{re.escape(name)}(?!\w)", re.IGNORECASE)
        holds = Q(subject__icontains=name) | Q(text__icontains=name) | Q(html__icontains=name)
        for row in Mail.objects.filter(holds).exclude(user=user):
            row.subject, row.text, row.html = (word.sub(GONE, part) for part in (row.subject, row.text, row.html))
            row.save(update_fields=["subject", "text", "html"])
