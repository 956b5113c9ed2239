"""How people are found by what they say about themselves: whoever wants to be found, and never by words kept from who looks."""

from collections.abc import Collection

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from communities.access.circles import Circle
from communities.access.models import blocked_by
from communities.access.viewer import Viewer
from communities.access.words import Findable, Words, words_changed
from communities.members.models import Member, Standing
from communities.members.named import gone, present
from communities.people.models import Profile, User
from communities.people.showing import circle_of, profile_of

KIND = "member"


def words_of(ids: Collection[int]) -> list[Words]:
    """The head is for members, the text for the team; what is for oneself alone is written down nowhere."""
    rows = Member.objects.filter(pk__in=ids).exclude(standing=Standing.LEFT).select_related("user__profile")
    return [_words(row) for row in rows if not gone(row.user)]


def _words(row: Member) -> Words:
    user, said = row.user, {Circle.MEMBERS: [str(row.user), f"@{row.user.handle}"], Circle.TEAM: []}
    for name in Profile.FIELDS:
        circle = circle_of(user, name)
        words = getattr(user if name == "bio" else profile_of(user), name)
        if words and circle != Circle.ME:
            said[Circle.TEAM if circle == Circle.TEAM else Circle.MEMBERS].append(words)
    head, text = ("\n".join(said[circle]) for circle in (Circle.MEMBERS, Circle.TEAM))
    return Words(row.pk, row.community_id, row.joined_at, head=head, text=text, author_id=row.user_id)


def people_listed_to(viewer: Viewer) -> QuerySet[Member]:
    """As the directory has it: for members and the team, who is there and wants to be found."""
    if not (viewer.is_member or viewer.is_team) or viewer.community_id is None:
        return Member.objects.none()
    return present(viewer.community_id).filter(listed=True).exclude(user_id__in=blocked_by(viewer))


def people_open_to(viewer: Viewer) -> QuerySet[Member]:
    """What people tell the team alone is found by the team alone."""
    return people_listed_to(viewer) if viewer.is_team else Member.objects.none()


def look_again(user: User) -> None:
    """Name, handle, words or the circle of a field changed: registered with people."""
    words_changed(KIND, user.memberships.values_list("pk", flat=True))


PEOPLE = Findable(KIND, _("Person"), _("People"), "people", Member, words_of, people_open_to, people_listed_to)
