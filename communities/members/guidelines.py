"""What members agree to: the owner's versions, who accepted which, and whether somebody has to before they write again."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from communities.access.rules import require
from communities.access.viewer import Viewer
from communities.activity.actions import record
from communities.members.models import Acceptance, Member
from communities.members.seats import take_turn
from communities.spaces.models import Community, Guidelines
from communities.ui import pagecache
from communities.ui.markdown import TextTooHard, render


def must_accept(viewer: Viewer) -> bool:
    """Is there a version that this member has not agreed to? Costs nothing: it came with the viewer.

    They go on reading. Forms sent to a community's pages are held up by `middleware.Agreement`; whatever else writes for a
    member (a socket, an import) asks here.
    """
    return viewer.must_accept


def current(community: Community) -> Guidelines | None:
    """The version that counts, or None where nothing was written yet."""
    if not community.guidelines_version:
        return None
    return Guidelines.objects.filter(community=community, version=community.guidelines_version).first()


def has_accepted(user: Any, community: Community) -> bool:
    """Of the version that counts; nothing to accept is accepted."""
    version = community.guidelines_version
    accepted = Acceptance.objects.filter(user=user, guidelines__community=community, guidelines__version=version)
    return not version or accepted.exists()


@transaction.atomic
def write_guidelines(viewer: Viewer, *, community: Community, source: str) -> Guidelines:
    """A new version, which counts from now on and which everybody is asked to accept; the writer has by writing it.

    The same text again is no new version. ValidationError at "source" where there is no text or one that is too hard to
    read. Records guidelines.written.
    """
    require(viewer, "manage", community)
    source = source.strip().replace("\r\n", "\n")
    if not source:
        raise ValidationError({"source": _("Write at least a sentence.")})
    take_turn(community.pk)
    community.refresh_from_db(fields=["guidelines_version"])
    before = current(community)
    if before is not None and before.source == source:
        return before
    try:
        html = render(source, trusted=True).html
    except TextTooHard as problem:
        raise ValidationError({"source": str(problem)}) from problem
    version = community.guidelines_version + 1
    row = Guidelines(community=community, version=version, source=source, html=html)
    row.full_clean()
    row.save()
    Community.objects.filter(pk=community.pk).update(guidelines_version=version)
    community.guidelines_version = version
    record("guidelines.written", community=community, actor=viewer.user_id, obj=row, before=version - 1, after=version)
    assert viewer.user_id is not None  # whoever may manage is somebody
    _accept(viewer.user_id, community, row)
    pagecache.bump(community.slug)
    return row


@transaction.atomic
def accept_version(user: Any, community: Community, *, version: int | None) -> None:
    """This person agrees to the version that counts. Records guidelines.accepted, once a person and version.

    ValidationError at "agreed" where they agreed to nothing, or to a version that was replaced meanwhile.
    """
    row = current(community)
    if row is None:
        return
    if version is None:
        raise ValidationError({"agreed": _("Please read the guidelines and tick this: everybody here agreed to them.")})
    if version != row.version:
        raise ValidationError({"agreed": _("The guidelines changed while you were reading. Please look once more.")})
    _accept(user.pk, community, row)


def _accept(user_id: int, community: Community, row: Guidelines) -> None:
    Acceptance.objects.bulk_create([Acceptance(guidelines=row, user_id=user_id)], ignore_conflicts=True)
    Member.objects.filter(community=community, user_id=user_id, agreed__lt=row.version).update(agreed=row.version)
    key = f"guidelines.accepted:{row.pk}:{user_id}"
    record("guidelines.accepted", community=community, actor=user_id, obj=row, after=row.version, key=key)
