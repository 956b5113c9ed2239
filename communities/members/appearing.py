"""How somebody appears in one community: among the people here or not, and with which topics."""

from collections.abc import Iterable

from django.db import transaction
from django.http import Http404

from communities.access.viewer import Viewer
from communities.activity.actions import record
from communities.members.models import Member, Reach
from communities.spaces.models import Topic
from communities.ui import pagecache


def own_seat(viewer: Viewer) -> Member:
    """The viewer's membership; Http404 for whoever is no member in good standing."""
    if viewer.user_id is None or viewer.community_id is None or not viewer.is_member:
        raise Http404
    seats = Member.objects.filter(user_id=viewer.user_id, community_id=viewer.community_id)
    return seats.select_related("user__profile", "community").get()


@transaction.atomic
def appear(viewer: Viewer, *, listed: bool, topics: Iterable[Topic], reach: str) -> Member:
    """topics: of the viewer's community, all that are picked now. reach: who may write to them. Records member.appearance_changed."""
    member = own_seat(viewer)
    member.listed, member.reach = listed, Reach(reach)
    member.save(update_fields=["listed", "reach"])
    member.topics.set([topic for topic in topics if topic.community_id == member.community_id])
    record("member.appearance_changed", community=member.community_id, actor=viewer.user_id, obj=member)
    pagecache.bump(member.community.slug)
    return member
