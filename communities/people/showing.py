"""What somebody shows of themselves to whom: every field has its own circle, and what a viewer may not see is never handed out."""

from typing import Any

from django.db.models import Q

from communities.access.circles import Circle, circles_of
from communities.access.viewer import Viewer
from communities.people.models import Profile, User

TOPICS = "topics"
# What has a circle of its own; name, handle, face, role and title are seen by whoever sees the person.
SHOWN = (*Profile.FIELDS, TOPICS)
DEFAULTS = {**dict.fromkeys(SHOWN, Circle.MEMBERS), "bio": Circle.PUBLIC}


def profile_of(user: User) -> Profile:
    """Theirs, or an empty one that nobody saved. Ask with select_related("profile") for more than one person."""
    try:
        return user.profile
    except Profile.DoesNotExist:
        return Profile(user=user)


def circle_of(user: User, name: str) -> str:
    """Who sees this field. What nobody here would have written is for nobody else."""
    chosen = profile_of(user).seen_by.get(name, DEFAULTS[name])
    return chosen if chosen in Circle.values else Circle.ME


def circles(user: User) -> dict[str, str]:
    return {name: circle_of(user, name) for name in SHOWN}


def shows(user: User, name: str, viewer: Viewer) -> bool:
    return circle_of(user, name) in circles_of(viewer, user.pk)


def shown(user: User, viewer: Viewer) -> dict[str, str]:
    """The words about this person that the viewer may see, by field; empty ones are left out."""
    profile = profile_of(user)
    words = {name: getattr(user if name == "bio" else profile, name) for name in Profile.FIELDS}
    return {name: text for name, text in words.items() if text and shows(user, name, viewer)}


def shown_q(name: str, viewer: Viewer, *, path: str = "") -> Q:
    """The same question for many people in SQL. path: from the row to the user, such as "user__"."""
    key = f"{path}profile__seen_by__{name}"
    others = circles_of(viewer)
    seen = Q(**{f"{key}__in": sorted(others)})
    if DEFAULTS[name] in others:
        seen |= Q(**{f"{path}profile__isnull": True}) | Q(**{f"{key}__isnull": True})
    return seen | Q(**{f"{path}pk": viewer.user_id}) if viewer.signed_in else seen


def tell(user: User, words: dict[str, Any], seen_by: dict[str, str]) -> None:
    """Keeps what somebody says beyond their bio, and who sees what; fields that are not given stay. Part of change_profile."""
    own = {name: words[name] for name in Profile.FIELDS if name in words and name != "bio"}
    chosen = {name: seen_by[name] for name in SHOWN if name in seen_by}
    if not own and not chosen:
        return
    profile = profile_of(user)
    for name, text in own.items():
        setattr(profile, name, text)
    profile.seen_by = {**circles(user), **chosen}
    profile.full_clean(exclude=["user"])
    Profile.objects.update_or_create(
        user=user,
        defaults={name: getattr(profile, name) for name in (*Profile.FIELDS[1:], "seen_by")},
    )
