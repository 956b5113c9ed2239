"""What members said they care about and struggle with, and the reasons that follow from it."""

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from communities.access.viewer import Viewer
from communities.activity.actions import record
from communities.members.models import Member
from communities.spaces.models import Topic
from communities.ui import pagecache


def reasons_for(member: Member) -> list[tuple[str, str, str]]:
    """(slug, label, kind) of each topic that this member picked; the slug is also the tag of what is about it. One query."""
    return list(member.topics.values_list("slug", "label", "kind"))


@transaction.atomic
def choose_topics(viewer: Viewer, *, member: Member, topics: Iterable[Topic]) -> None:
    """Keeps the choice, an empty one too; the first time they are past the questions. Records member.onboarded once.

    Topics of another community are left out.
    """
    if member.user_id != viewer.user_id or member.community_id != viewer.community_id:
        raise ValueError("Everybody answers for themselves.")
    member.topics.set([topic for topic in topics if topic.community_id == member.community_id])
    now = timezone.now()
    Member.objects.filter(pk=member.pk, onboarded_at__isnull=True).update(onboarded_at=now)
    member.onboarded_at = member.onboarded_at or now
    pagecache.bump(member.community.slug)  # their first page says what follows from it
    key = f"member.onboarded:{member.pk}"
    record("member.onboarded", community=member.community_id, actor=viewer.user_id, obj=member, key=key)
