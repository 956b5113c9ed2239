"""Who may found a community."""

from typing import Any

from communities.members.models import Member, Role, Standing
from communities.spaces.models import Community


def may_found(user: Any) -> bool:
    """Brand managers (the permission spaces.add_community), whoever owns a community here already, and on an empty
    installation the first person who asks."""
    if not user.is_authenticated:
        return False
    if user.has_perm("spaces.add_community"):
        return True
    owned = Member.objects.filter(user=user.pk, role=Role.OWNER, standing=Standing.MEMBER)
    return owned.exists() or not Community.objects.exists()
