"""Links that let people in: made by members and by the team, counted to the last use, shown with who came by them."""

import datetime as dt
import uuid
from collections.abc import Sequence

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from communities.access.pace import ask_pace
from communities.access.rules import has
from communities.access.viewer import Viewer
from communities.activity.actions import record
from communities.members.models import Invitation, Member, Standing
from communities.members.seats import take_turn
from communities.people.models import User
from communities.spaces.models import Community

MOST_LINKS = 20  # that work, of one member in one community
MOST_USES = 25  # of a member's link; the team's have as many as they say
LONGEST = dt.timedelta(days=90)  # that a member's link works


class Gone(PermissionDenied):
    """The link opens nothing any more. Says why in a sentence."""


def may_invite(viewer: Viewer) -> bool:
    return viewer.is_member or has(viewer, "admit")


def unbound(viewer: Viewer) -> bool:
    """Links of the team may have no end and any number of uses."""
    return has(viewer, "admit")


def make_invitation(
    viewer: Viewer,
    *,
    community: Community,
    label: str = "",
    max_uses: int | None = 1,
    expires_at: dt.datetime | None = None,
    request: uuid.UUID | None = None,
) -> Invitation:
    """A new link; with the same request id asked again it is the one that is there. A member's has an end and a number of
    uses, and there are at most MOST_LINKS of them at once. TooMuch for who makes them by the dozen. Records invitation.made.
    """
    request = request or uuid.uuid4()
    try:
        return _made(viewer, community, label, max_uses, expires_at, request)
    except (ValidationError, IntegrityError):  # once more is no second link, whatever it is refused for by now
        if twin := Invitation.objects.filter(creator_id=viewer.user_id, request=request).first():
            return twin
        raise


@transaction.atomic
def _made(
    viewer: Viewer,
    community: Community,
    label: str,
    max_uses: int | None,
    expires_at: dt.datetime | None,
    request: uuid.UUID,
) -> Invitation:
    """IntegrityError or ValidationError where the request was sent before."""
    if viewer.user_id is None or viewer.community_id != community.pk or not may_invite(viewer):
        raise PermissionDenied
    now = timezone.now()
    if expires_at is not None and expires_at <= now:
        raise ValidationError({"expires_at": _("That moment has passed.")})
    if not unbound(viewer):
        _within_bounds(viewer, community, max_uses, expires_at)
    row = Invitation(community=community, creator_id=viewer.user_id, request=request)
    row.label, row.max_uses, row.expires_at = label.strip(), max_uses, expires_at
    row.full_clean()
    ask_pace("invite", viewer.user_id)
    row.save()
    record("invitation.made", community=community, actor=viewer.user_id, obj=row)
    return row


def _within_bounds(viewer: Viewer, community: Community, max_uses: int | None, expires_at: dt.datetime | None) -> None:
    if max_uses is None or not 1 <= max_uses <= MOST_USES:
        raise ValidationError({"max_uses": _("Between 1 and %(most)s people.") % {"most": MOST_USES}})
    if expires_at is None or expires_at > timezone.now() + LONGEST + dt.timedelta(days=1):
        raise ValidationError({"expires_at": _("At most %(days)s days.") % {"days": LONGEST.days}})
    take_turn(community.pk)
    if working().filter(community=community, creator_id=viewer.user_id).count() >= MOST_LINKS:
        raise ValidationError(_("You have %(most)s links that work. Take one back first.") % {"most": MOST_LINKS})


def working() -> QuerySet[Invitation]:
    """Links that still let somebody in, as far as the row says."""
    now = timezone.now()
    return Invitation.objects.filter(
        Q(max_uses__isnull=True) | Q(used__lt=F("max_uses")),
        Q(expires_at__isnull=True) | Q(expires_at__gt=now),
        revoked_at__isnull=True,
    )


@transaction.atomic
def revoke_invitation(viewer: Viewer, *, invitation: Invitation) -> None:
    """The link opens nothing from now on; who came by it stays. One's own, and the team anybody's. Records invitation.revoked."""
    own = invitation.creator_id == viewer.user_id and may_invite(viewer)
    if viewer.community_id != invitation.community_id or not (own or has(viewer, "admit")):
        raise PermissionDenied
    if Invitation.objects.filter(pk=invitation.pk, revoked_at__isnull=True).update(revoked_at=timezone.now()):
        record("invitation.revoked", community=invitation.community_id, actor=viewer.user_id, obj=invitation)


def _spent(invitation: Invitation, *, stands: bool) -> str:
    """Why it lets nobody in any more: "revoked", "expired", "used"; "" while it does."""
    if invitation.revoked_at is not None or not stands:
        return "revoked"
    if invitation.expires_at is not None and invitation.expires_at <= timezone.now():
        return "expired"
    return "used" if invitation.max_uses is not None and invitation.used >= invitation.max_uses else ""


def state_of(invitation: Invitation, *, stands: bool) -> str:
    """In two words for whoever made it; "" while it works. stands: what standing_makers says of it."""
    words = {"revoked": _("taken back"), "expired": _("run out"), "used": _("used up")}
    return words.get(_spent(invitation, stands=stands), "")


def why_gone(invitation: Invitation) -> str:
    """The sentence for somebody who came by a link that opens nothing any more; "" for one that does."""
    sentences = {
        "revoked": _("This invitation was taken back."),
        "expired": _("This invitation has run out."),
        "used": _("This invitation is used up: as many people came by it as it was made for."),
    }
    return sentences.get(_spent(invitation, stands=bool(standing_makers([invitation]))), "")


def standing_makers(links: Sequence[Invitation]) -> set[int]:
    """Of these links those whose maker may still invite: a member in good standing, or of the brand's staff. One query."""
    seats = {
        (seat.user_id, seat.community_id): seat
        for seat in Member.objects.filter(user__in={link.creator_id for link in links})
    }
    good = set()
    for link in links:
        seat = seats.get((link.creator_id, link.community_id))
        invites = link.creator.is_staff if seat is None else seat.standing != Standing.LEFT and not seat.is_suspended
        if invites and link.creator.is_active:
            good.add(link.pk)
    return good


def use_invitation(invitation: Invitation, community: Community) -> None:
    """Counts one use, in the transaction of whoever comes in; Gone where it lets nobody in, or not here."""
    counted = working().filter(pk=invitation.pk, community=community)
    if not standing_makers([invitation]) or not counted.update(used=F("used") + 1):
        invitation.refresh_from_db()
        raise Gone(why_gone(invitation) or _("This invitation is for another place."))


def give_back(invitation_id: int | None) -> None:
    """Somebody who stood in line with it went away."""
    if invitation_id is not None:
        Invitation.objects.filter(pk=invitation_id, used__gt=0).update(used=F("used") - 1)


def named(user: User) -> str:
    """How the one who invites is called on the page of the link."""
    return user.name or f"@{user.handle}"
