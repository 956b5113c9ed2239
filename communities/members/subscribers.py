"""What members hear from the ledger."""

from communities.activity.models import Activity
from communities.activity.registry import subscriber
from communities.members.seats import let_in_waiting
from communities.spaces.models import Community


@subscriber("members.line", {"community.changed", "member.left"})
def fill_places(activity: Activity) -> None:
    """A cap that grew, or a place that became free on whatever way, lets in who waits."""
    place = Community.objects.filter(pk=activity.community_id or 0).first()
    if place is not None:
        let_in_waiting(place)
