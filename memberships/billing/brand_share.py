"""The brand's share of what a community earns: the installation's, until brand staff agree on another one with its creator."""

import datetime as dt

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from communities.access.rules import has
from communities.access.viewer import Viewer
from communities.activity.actions import record
from communities.spaces.models import Community
from memberships.billing.models import BrandShare

WHOLE = 10_000  # hundredths of a percent


def share_at(community_id: int, at: dt.datetime) -> int:
    """The share in force at that moment, in hundredths of a percent."""
    rows = BrandShare.objects.filter(community=community_id, starts__lte=at)
    found = rows.values_list("share", flat=True).first()
    return int(settings.BRAND_SHARE if found is None else found)


@transaction.atomic
def set_brand_share(
    viewer: Viewer, *, community: Community, share: int, reason: str, starts: dt.datetime | None = None
) -> BrandShare:
    """From `starts` (now) on it counts for each payment; what was paid before stays as it was. Records brand_share.set.

    share: hundredths of a percent. Whoever earns here cannot set it, and nothing is set for a moment that has passed.
    """
    if not has(viewer, "set_share"):
        raise ValidationError(_("Only the brand's managers set this, and nobody does for a community of their own."))
    if not 0 <= share <= WHOLE:
        raise ValidationError({"share": _("A share is between 0 and 100 %.")})
    if not reason.strip():
        raise ValidationError({"reason": _("Say in a few words why: the creator reads it.")})
    now = timezone.now().replace(microsecond=0)  # Stripe tells whole seconds, and a payment of this one counts already
    if starts is not None and starts < now:
        raise ValidationError({"starts": _("That moment has passed, and its payments are settled.")})
    before = share_at(community.pk, starts or now)
    row = BrandShare.objects.create(
        community=community, share=share, starts=starts or now, reason=reason.strip()[:300], set_by_id=viewer.user_id
    )
    record(
        "brand_share.set", community=community, actor=viewer.user_id, obj=community,
        before=before, after=share, occurred_at=row.starts,
    )  # fmt: skip
    return row
