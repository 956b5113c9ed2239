"""What somebody was told and what they do not want to be told: carried away as facts, deleted when they leave."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from communities.notifications.models import Notification, Preference
from communities.people.portable import Leaver, Line, Section, moment, register_eraser, register_section
from communities.people.traveller import Traveller


def _notifications(traveller: Traveller, rows: Sequence[Notification]) -> list[Line]:
    """Not who it was about: only what, where they may know of it, and when."""
    about = traveller.things((row.community, row.about_kind, row.about_id) for row in rows if row.about_id)
    return [
        {
            "kind": row.kind,
            "community": traveller.place(row.community),
            "thing": about.get((row.about_kind, row.about_id or 0)) or f"{row.about_kind} {row.about_id or ''}".strip(),
            "at": moment(row.at),
            "seen_at": moment(row.seen_at),
            "sent_at": moment(row.mailed_at),
        }
        for row in rows
    ]


def _preferences(_traveller: Traveller, rows: Sequence[Preference]) -> list[Line]:
    return [{"kind": row.kind, "channel": row.channel, "on": row.on} for row in rows]


def erase_bell(leaver: Leaver) -> bool:
    Notification.objects.filter(user=leaver.user).delete()
    Preference.objects.filter(user=leaver.user).delete()
    return False


register_section(
    Section(
        "notifications",
        _("What you were told"),
        ("notifications.Notification",),
        lambda user: Notification.objects.filter(user=user).select_related("community"),
        _notifications,
        50,
    )
)
register_section(
    Section(
        "preferences",
        _("What you want to be told"),
        ("notifications.Preference",),
        lambda user: Preference.objects.filter(user=user),
        _preferences,
        51,
    )
)
register_eraser("bell", erase_bell, order=40)
