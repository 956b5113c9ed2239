"""What people itself holds about a person, the parts of signing in among them: carried away here, erased by the tombstone."""

from collections.abc import Sequence
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.utils.translation import gettext_lazy as _

from communities.people.models import Arrival, Closing, Export, OldHandle, Profile, User
from communities.people.portable import Line, Section, moment, register_not_personal, register_section
from communities.people.traveller import Traveller


def _account(_traveller: Traveller, rows: Sequence[User]) -> list[Line]:
    return [
        {
            "number": user.pk,
            "name": user.name,
            "handle": user.handle,
            "email": user.email,
            "bio": user.bio,
            "timezone": user.timezone,
            "scheme": user.scheme,
            "unseen": user.unseen,
            "joined_at": moment(user.date_joined),
            "last_sign_in_at": moment(user.last_login),
            "groups": list(user.groups.order_by("name").values_list("name", flat=True)),
        }
        for user in rows
    ]


def _profile(_traveller: Traveller, rows: Sequence[Profile]) -> list[Line]:
    names = [name for name in Profile.FIELDS if name != "bio"]
    return [{**{name: getattr(row, name) for name in names}, "seen_by": row.seen_by} for row in rows]


def _addresses(_traveller: Traveller, rows: Sequence[Any]) -> list[Line]:
    return [{"email": row.email, "verified": row.verified, "primary": row.primary} for row in rows]


def _old_handles(_traveller: Traveller, rows: Sequence[OldHandle]) -> list[Line]:
    return [{"handle": row.handle, "until_at": moment(row.until)} for row in rows]


def _arrival(_traveller: Traveller, rows: Sequence[Arrival]) -> list[Line]:
    names = ("landing", "referrer", "source", "medium", "campaign")
    return [
        {**{name: getattr(row, name) for name in names}, "landed_at": moment(row.landed_at), "at": moment(row.at)}
        for row in rows
    ]


def _sessions(_traveller: Traveller, rows: Sequence[Any]) -> list[Line]:
    """Where they are signed in; the keys of the sessions stay here."""
    return [
        {
            "network": str(row.ip),
            "device": row.user_agent,
            "created_at": moment(row.created_at),
            "last_seen_at": moment(row.last_seen_at),
        }
        for row in rows
    ]


def _factors(_traveller: Traveller, rows: Sequence[Any]) -> list[Line]:
    """That there is one and since when; what it is made of is a key to the account."""
    return [
        {
            "type": row.get_type_display(),
            "label": str(row.data.get("name", "")) if isinstance(row.data, dict) else "",
            "created_at": moment(row.created_at),
            "last_used_at": moment(row.last_used_at),
        }
        for row in rows
    ]


def _exports(_traveller: Traveller, rows: Sequence[Export]) -> list[Line]:
    return [{"asked_at": moment(row.asked_at), "state": row.state} for row in rows]


def _closing(_traveller: Traveller, rows: Sequence[Closing]) -> list[Line]:
    return [{"how": row.how, "asked_at": moment(row.asked_at), "closes_at": moment(row.due_at)} for row in rows]


def _social(_traveller: Traveller, rows: Sequence[Any]) -> list[Line]:
    """The account elsewhere by its name there; what its provider told about it is theirs and comes along."""
    return [
        {"type": row.provider, "number": row.uid, "created_at": moment(row.date_joined), "details": row.extra_data}
        for row in rows
    ]


def _own(name: str, title: Any, model: Any, lines: Any, order: int) -> None:
    label = model._meta.label
    register_section(
        Section(name, title, (label,), lambda user: model._default_manager.filter(user=user), lines, order)
    )


register_section(
    Section("account", _("Your account"), ("people.User",), lambda user: User.objects.filter(pk=user.pk), _account, 1)
)
_own("profile", _("Your profile"), Profile, _profile, 2)
_own("addresses", _("Your addresses"), EmailAddress, _addresses, 3)
_own("old_handles", _("Handles you had"), OldHandle, _old_handles, 4)
_own("arrival", _("How you came"), Arrival, _arrival, 5)
_own("sessions", _("Where you are signed in"), UserSession, _sessions, 6)
_own("second_factors", _("Second factors and passkeys"), Authenticator, _factors, 7)
_own("exports", _("Exports you asked for"), Export, _exports, 90)
_own("closing", _("Leaving"), Closing, _closing, 91)
_own("social_accounts", _("Accounts elsewhere that you sign in with"), SocialAccount, _social, 8)
register_not_personal(
    {
        "admin.LogEntry": "What brand staff did at the desk; it is the house's log and stays with a tombstone as its actor."
    }
)
