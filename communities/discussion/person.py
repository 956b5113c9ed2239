"""What conversations have to say on somebody's page: the way to write to them."""

from typing import Any

from django.urls import reverse
from django.utils.http import urlencode

from communities.access.models import blocked_by
from communities.access.request import Request
from communities.members.models import Member, Reach
from communities.spaces.modules import is_on


def part_of(request: Request, member: Member) -> dict[str, Any] | None:
    """A link, where the viewer takes part here; nothing on one's own page, of whom one blocks, or who takes no messages."""
    viewer = request.viewer
    if not viewer.takes_part or member.user_id == viewer.user_id or not is_on(member.community, "messages"):
        return None
    if member.reach == Reach.NOBODY or blocked_by(viewer).filter(blocked=member.user_id).exists():
        return None
    return {"name": str(member.user), "url": write_to(member.community.slug, member.user.handle)}


def write_to(slug: str, *handles: str) -> str:
    """Where one writes to these people."""
    return f"{reverse('discussion:begin', args=[slug])}?{urlencode({'to': ' '.join(f'@{one}' for one in handles)})}"
