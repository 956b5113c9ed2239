"""The first steps of a newcomer, on top of their feed until they are done or put away: small things, in any order."""

import datetime as dt
from dataclasses import dataclass

from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from communities.access.viewer import Viewer
from communities.comments.models import Comment
from communities.members.models import Member
from communities.spaces.models import Community
from content.posts.models import Post

DAYS = 30  # after joining; whoever has been here longer knows their way


@dataclass(frozen=True, slots=True)
class Step:
    label: str | Promise
    why: str | Promise
    url: str
    done: bool


def wants_steps(seat: Member) -> bool:
    """No query: is this member new here and has not put the list away?"""
    recent = timezone.now() - seat.joined_at < dt.timedelta(days=DAYS)
    return recent and seat.settled_at is None


def steps_for(viewer: Viewer, seat: Member, place: Community, user: object, *, may_write: bool) -> list[Step]:
    """Empty once everything is done. Three queries."""
    here = [place.slug]
    mine = Post.objects.out().filter(community=place, author_id=viewer.user_id, kind="hello")
    said = Comment.objects.standing().filter(community=place, author_id=viewer.user_id)
    shown = bool(getattr(user, "name", "") and (getattr(user, "face_token", "") or getattr(user, "bio", "")))
    write, stream = reverse("posts:new", args=here), reverse("posts:stream", args=here)
    steps = [
        Step(
            _("Say what you care about"),
            _("Then the first page fits you."),
            reverse("members:welcome", args=here),
            seat.topics.exists(),
        ),
        Step(_("Tell who you are"), _("A name, a face, a line or two."), reverse("people:me"), shown),
        Step(_("Say hello"), _("Three sentences and a picture are plenty."), f"{write}?kind=hello", mine.exists()),
        Step(_("Answer somebody"), _("Others have said hello as well."), f"{stream}?kind=hello", said.exists()),
    ]
    steps = [step for step in steps if may_write or not step.url.startswith(write)]
    return [] if all(step.done for step in steps) else steps
