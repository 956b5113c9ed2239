"""What safety has to say on somebody's page: report, block, mute, each as a link to a page that asks."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode

from communities.access.models import Block
from communities.members.models import Member


def part_of(request: HttpRequest, member: Member) -> dict[str, Any] | None:
    """Nothing for visitors, whose pages come from any cache, and nothing on one's own page."""
    if not request.user.is_authenticated or member.user_id == request.user.pk:
        return None
    asks = {"person": member.user.handle, "next": request.path}
    return {
        "name": str(member.user),
        "blocked": Block.objects.filter(user_id=request.user.pk, blocked_id=member.user_id).exists(),
        "report_url": reverse("safety:report_person", args=[member.community.slug, member.user.handle]),
        "block_url": f"{reverse('safety:blocks')}?{urlencode(asks)}",
    }
