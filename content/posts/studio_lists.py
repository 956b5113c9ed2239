"""What the studio lists: drafts, what is scheduled, what is out, and what waits for somebody."""

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from communities.access.models import Opening, State
from communities.access.viewer import Viewer
from communities.spaces.models import Community
from content.posts.audiences import audiences_of
from content.posts.models import Post, PostQuerySet

MOST = 30  # rows of a list that has no pages


@dataclass(frozen=True, slots=True)
class Waiting:
    """One thing that waits: a sentence, where to, and when."""

    sentence: str
    post: Post
    at: dt.datetime | None = None


def _posts_in(community_id: int | None) -> PostQuerySet:
    return Post.objects.filter(community=community_id).select_related("community", "author", "space").without_text()


def drafts_of(viewer: Viewer) -> PostQuerySet:
    """One's own drafts, the newest first; nobody sees another's."""
    return _posts_in(viewer.community_id).filter(author_id=viewer.user_id, state=State.DRAFT).order_by("-pk")


def scheduled_for(viewer: Viewer) -> PostQuerySet:
    """What opens by itself, the next one first."""
    now = timezone.now()
    ahead = _posts_in(viewer.community_id).filter(state=State.PUBLISHED, opens_at__gt=now)
    return ahead.listed_to(viewer).order_by("opens_at", "pk")


def out_for(viewer: Viewer) -> PostQuerySet:
    return _posts_in(viewer.community_id).out().listed_to(viewer).newest_first()


def waiting_for(viewer: Viewer, community: Community) -> list[Waiting]:
    """Edits that never went out, posts that a moderator hid, and the next dates on which something opens further."""
    mine = _posts_in(viewer.community_id).filter(author_id=viewer.user_id, working__isnull=False)
    rows = [
        Waiting(_("has changes that are not out"), post)
        for post in mine.filter(state=State.PUBLISHED).order_by("-pk")[:MOST]
    ]
    hidden = _posts_in(viewer.community_id).filter(state=State.HIDDEN).listed_to(viewer)
    rows += [Waiting(_("is hidden by a moderator"), post) for post in hidden.order_by("-pk")[:MOST]]
    known = _posts_in(viewer.community_id).filter(state=State.PUBLISHED).listed_to(viewer)
    openings = list(
        Opening.objects.filter(kind=Post.KIND, at__gt=timezone.now(), object_id__in=known.values("pk")).order_by("at")[
            :MOST
        ]
    )
    posts = known.in_bulk([opening.object_id for opening in openings])
    names = {audience.level: audience.label for audience in audiences_of(list(community.rungs.all()))}
    rows += [
        Waiting(_("opens for %(who)s") % {"who": names.get(opening.rung, "")}, posts[opening.object_id], opening.at)
        for opening in openings
        if opening.object_id in posts
    ]
    return rows
