"""Writes of accounts: sessions and codes of one's own; by brand staff shutting out, letting in again, words about a person, roles."""

import datetime as dt
import time
from collections.abc import Sequence

from allauth.account.models import EmailAddress
from allauth.mfa import app_settings as mfa
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from communities.people.models import User
from communities.people.profile import tell_places


@transaction.atomic
def deactivate_user(actor: User, *, user: User) -> None:
    """The person cannot sign in any more and every session of theirs ends now; what they wrote stays.

    PermissionDenied on oneself and, for all but superusers, on a superuser. ValidationError where it is so already.
    """
    _may_act_on(actor, user)
    if not User.objects.filter(pk=user.pk, is_active=True).update(is_active=False):
        raise ValidationError(_("This account is shut already."))
    user.is_active = False
    end_sessions(user)


@transaction.atomic
def reactivate_user(actor: User, *, user: User) -> None:
    """The person may sign in again, with the password they had. Same errors as deactivate_user."""
    _may_act_on(actor, user)
    if not User.objects.filter(pk=user.pk, is_active=False).update(is_active=True):
        raise ValidationError(_("This account is open already."))
    user.is_active = True


def end_sessions(user: User, *, but: str | None = None) -> None:
    """Every browser of this person is signed out but the one with this session key; gone from database and cache."""
    for session in UserSession.objects.filter(user=user).exclude(session_key=but):
        session.end()


def end_session(user: User, *, session_id: int) -> None:
    """One browser of theirs is signed out. UserSession.DoesNotExist where it is not theirs."""
    UserSession.objects.get(user=user, pk=session_id).end()


@transaction.atomic
def forget_what_was_unproven(user: User) -> None:
    """Nobody has shown yet that the address of this account is theirs; whoever does now shares it with nobody.

    What was set up before dies: the password, and signing in through another place.
    """
    if EmailAddress.objects.filter(user=user, verified=True).exists():
        return
    SocialAccount.objects.filter(user=user).delete()
    if user.has_usable_password():
        user.set_unusable_password()
        user.save(update_fields=["password"])


@transaction.atomic
def start_over(user: User) -> None:
    """Before a new password that a letter led to: the letter came to their address, so that is confirmed with it."""
    forget_what_was_unproven(user)
    addresses = EmailAddress.objects.filter(user=user)
    if addresses.count() == 1 and not addresses.filter(verified=True).exists():
        addresses.get().set_verified()


def make_way(address: EmailAddress) -> None:
    """Somebody shows that an address is theirs; an account that was opened with it and that nobody ever entered goes."""
    others = User.objects.filter(email=address.email, last_login=None, is_staff=False).exclude(pk=address.user_id)
    others.exclude(emailaddress__verified=True).delete()


def use_code(authenticator: Authenticator) -> bool:
    """The code of an app counts once in the half minute that it is shown: True for the first who brings it."""
    shown = dt.datetime.fromtimestamp(time.time() // mfa.TOTP_PERIOD * mfa.TOTP_PERIOD, dt.UTC)
    unused = Q(last_used_at__isnull=True) | Q(last_used_at__lt=shown)
    rows = Authenticator.objects.filter(unused, pk=authenticator.pk)
    return rows.update(last_used_at=timezone.now()) == 1


@transaction.atomic
def set_brand_groups(actor: User, *, user: User, groups: Sequence[Group]) -> None:
    """Makes somebody brand staff in exactly these groups; with none they leave the admin. Nobody does it for themselves."""
    _may_act_on(actor, user)
    if groups and not user.is_active:
        raise ValidationError({"groups": _("This account is shut. Let the person in again first.")})
    user.groups.set(groups)
    staff = bool(groups) or user.is_superuser
    User.objects.filter(pk=user.pk).update(is_staff=staff)
    user.is_staff = staff


@transaction.atomic
def change_words(user: User, *, name: str, bio: str) -> None:
    """Name and words about a person, as they stand on every page."""
    user.name, user.bio = name.strip(), bio.strip()
    user.full_clean(exclude=["password"])
    user.save(update_fields=["name", "bio"])
    tell_places(user)


def _may_act_on(actor: User, user: User) -> None:
    if actor.pk == user.pk:
        raise PermissionDenied(_("Not on your own account: ask somebody else of the team."))
    if user.is_superuser and not actor.is_superuser:
        raise PermissionDenied(_("Only a superuser changes a superuser's account."))
    if user.left_at is not None:
        raise ValidationError(_("This account is closed for good."))
