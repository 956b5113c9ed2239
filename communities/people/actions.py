"""Writes of accounts by brand staff: shutting out and letting in again, words about a person, and the roles of staff themselves."""

from collections.abc import Sequence

from allauth.usersessions.models import UserSession
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from communities.people.models import User
from communities.ui import pagecache


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


def end_sessions(user: User) -> None:
    """Every browser of this person is signed out, its session gone from database and cache."""
    for session in UserSession.objects.filter(user=user):
        session.end()


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
    pagecache.bump(None)


def _may_act_on(actor: User, user: User) -> None:
    if actor.pk == user.pk:
        raise PermissionDenied(_("Not on your own account: ask somebody else of the team."))
    if user.is_superuser and not actor.is_superuser:
        raise PermissionDenied(_("Only a superuser changes a superuser's account."))
