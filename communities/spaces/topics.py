"""The interests and challenges that a community offers to whoever comes in; the owner's to change."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from communities.access.rules import require
from communities.access.viewer import Viewer
from communities.activity.actions import record
from communities.spaces.models import Community, Topic

MOST = 12  # of a kind: more than that nobody reads before they have come in


@dataclass(frozen=True, slots=True)
class Offer:
    """One line of the owner's list. tag: of the posts that are about it; "" takes it from the words."""

    kind: str
    label: str
    tag: str = ""

    @property
    def slug(self) -> str:
        return slugify(self.tag or self.label, allow_unicode=True)[:60]


@transaction.atomic
def save_topics(viewer: Viewer, *, community: Community, offers: Sequence[Offer]) -> None:
    """The whole list in its order. Who picked a topic that stays keeps it; one that is gone is gone for everybody.

    ValidationError where a tag is there twice, says nothing, or a kind has too many. Records community.changed.
    """
    require(viewer, "manage", community)
    for kind in Topic.Kind.values:
        slugs = [offer.slug for offer in offers if offer.kind == kind]
        if len(slugs) > MOST:
            raise ValidationError(_("At most %(most)s of a kind.") % {"most": MOST})
        if "" in slugs:
            raise ValidationError(_("A tag needs at least a letter or a digit."))
        twice = next((slug for slug in slugs if slugs.count(slug) > 1), None)
        if twice is not None:
            raise ValidationError(_("The tag “%(tag)s” is there twice.") % {"tag": twice})
    known = {(topic.kind, topic.slug): topic for topic in Topic.objects.filter(community=community)}
    for position, offer in enumerate(offers):
        row = known.pop((offer.kind, offer.slug), None) or Topic(community=community, kind=offer.kind, slug=offer.slug)
        row.label, row.position = offer.label.strip(), position
        row.full_clean()
        row.save()
    Topic.objects.filter(pk__in=[row.pk for row in known.values()]).delete()
    record("community.changed", community=community, actor=viewer.user_id, obj=community)
