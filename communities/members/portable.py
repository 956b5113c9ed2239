"""What members holds about a person: where they belong, how they came in, whom they invited, where they were and what they saw."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from communities.members.actions import give_up_seats
from communities.members.models import (
    Acceptance,
    Invitation,
    JoinRequest,
    Member,
    Role,
    RungSource,
    Seen,
    Standing,
    Visit,
)
from communities.members.seats import other_owners
from communities.people.models import User
from communities.people.portable import (
    Hindrance,
    Leaver,
    Line,
    Section,
    forget_log,
    moment,
    register_eraser,
    register_first,
    register_section,
)
from communities.people.traveller import Traveller


def _memberships(traveller: Traveller, rows: Sequence[Member]) -> list[Line]:
    return [
        {
            "community": traveller.place(row.community),
            "role": row.role,
            "standing": row.standing,
            "suspended_until": moment(row.suspended_until),
            "muted_until": moment(row.muted_until),
            "level": row.rung,
            "until_at": moment(row.rung_until),
            "title": row.title,
            "joined_at": moment(row.joined_at),
            "by_invitation": row.invitation_id is not None,
            "listed": row.listed,
            "written_to_by": row.reach,
            "topics": [str(topic) for topic in row.topics.all()] if traveller.place(row.community) else [],
            "steps": [_step(source) for source in row.sources.all()],
        }
        for row in rows
    ]


def _step(source: RungSource) -> Line:
    return {
        "level": source.level,
        "source": source.source,
        "reason": source.reason,
        "starts_at": moment(source.starts),
        "ends_at": moment(source.ends),
    }


def _invitations(traveller: Traveller, rows: Sequence[Invitation]) -> list[Line]:
    """Without the link itself: whoever found the zip could walk in."""
    return [
        {
            "community": traveller.place(row.community),
            "label": row.label,
            "used": row.used,
            "created_at": moment(row.created_at),
            "expires_at": moment(row.expires_at),
            "revoked_at": moment(row.revoked_at),
        }
        for row in rows
    ]


def _requests(traveller: Traveller, rows: Sequence[JoinRequest]) -> list[Line]:
    """A place one was turned away from may be unlisted; what one wrote to it comes along, its name and questions do not."""
    lines = []
    for row in rows:
        place = traveller.place(row.community)
        answers = [{"question": question if place else None, "text": answer} for question, answer in row.answers]
        lines.append(
            {
                "community": place,
                "state": row.state,
                "answers": answers,
                "note": row.note if place else None,
                "asked_at": moment(row.created_at),
                "decided_at": moment(row.decided_at),
            }
        )
    return lines


def _acceptances(traveller: Traveller, rows: Sequence[Acceptance]) -> list[Line]:
    return [
        {
            "community": traveller.place(row.guidelines.community),
            "version": row.guidelines.version,
            "at": moment(row.at),
        }
        for row in rows
    ]


def _visits(traveller: Traveller, rows: Sequence[Visit]) -> list[Line]:
    return [{"community": traveller.place(row.member.community), "day": moment(row.day)} for row in rows]


def _seen(traveller: Traveller, rows: Sequence[Seen]) -> list[Line]:
    about = traveller.things((row.member.community, row.kind, row.object_id) for row in rows)
    return [
        {
            "day": moment(row.day),
            "community": traveller.place(row.member.community),
            "thing": about.get((row.kind, row.object_id)) or f"{row.kind} {row.object_id}",
        }
        for row in rows
    ]


def last_owner_somewhere(user: User) -> Iterable[Hindrance]:
    """A community is handed over before its last owner leaves; two who leave at once take turns."""
    for seat in Member.objects.filter(user=user, role=Role.OWNER, standing=Standing.MEMBER).select_related("community"):
        if not other_owners(seat.community_id, user).exists():
            yield Hindrance(
                _("You are the last owner of %(place)s. Make somebody else an owner first.")
                % {"place": seat.community},
                reverse("members:list", args=[seat.community.slug]),
                _("Hand it over"),
            )


def erase_seats(leaver: Leaver) -> bool:
    seats = give_up_seats(leaver.user)
    forget_log(Member, seats)
    forget_log(JoinRequest, JoinRequest.objects.filter(user=leaver.user).values_list("pk", flat=True))
    forget_log(Invitation, Invitation.objects.filter(creator=leaver.user).values_list("pk", flat=True))
    return False


def _carry(name: str, title: Any, model: Any, rows: Any, lines: Any, order: int) -> None:
    register_section(Section(name, title, (model._meta.label,), rows, lines, order))


register_section(
    Section(
        "memberships",
        _lazy("Where you belong"),
        ("members.Member", "members.RungSource"),
        lambda user: Member.objects.filter(user=user).select_related("community").prefetch_related("topics", "sources"),
        _memberships,
        10,
    )
)
_carry(
    "join_requests",
    _lazy("Where you asked to come in"),
    JoinRequest,
    lambda user: JoinRequest.objects.filter(user=user).select_related("community"),
    _requests,
    11,
)
_carry(
    "invitations",
    _lazy("Whom you invited"),
    Invitation,
    lambda user: Invitation.objects.filter(creator=user).select_related("community"),
    _invitations,
    12,
)
_carry(
    "acceptances",
    _lazy("Guidelines you agreed to"),
    Acceptance,
    lambda user: Acceptance.objects.filter(user=user).select_related("guidelines__community"),
    _acceptances,
    13,
)
_carry(
    "visits",
    _lazy("Days you were here"),
    Visit,
    lambda user: Visit.objects.filter(member__user=user).select_related("member__community"),
    _visits,
    81,
)
_carry(
    "seen",
    _lazy("What you had on screen"),
    Seen,
    lambda user: Seen.objects.filter(member__user=user).select_related("member__community"),
    _seen,
    82,
)
register_first(last_owner_somewhere)
register_eraser("seats", erase_seats, order=60)
