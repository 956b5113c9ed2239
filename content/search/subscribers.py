"""What is said for the first time comes into the index by the ledger; what says something else later is written at once."""

from communities.access.words import findable
from communities.activity.models import Activity
from communities.activity.registry import subscriber
from content.search.actions import index

SAID = frozenset(
    {
        *("post.published", "comment.written", "message.written", "direct.written"),
        *("member.joined", "member.returned", "member.left"),
    }
)


@subscriber("search", SAID)
def find(activity: Activity) -> None:
    if findable(activity.kind) is not None and activity.object_id is not None:
        index(activity.kind, [activity.object_id])
