"""Lists of members: the newest, a count, and a searchable page by keyset."""

from django.db.models import Q, QuerySet

from communities.members.models import Member, Standing
from communities.ui.keyset import read_token, token_of

PAGE = 50


def living(community_id: int) -> QuerySet[Member]:
    """Everybody who has not left, suspended people too, newest first."""
    people = Member.objects.filter(community_id=community_id).exclude(standing=Standing.LEFT)
    return people.select_related("user__profile").order_by("-joined_at", "-pk")


def newest(community_id: int, most: int = 6) -> list[Member]:
    return list(living(community_id)[:most])


def counted(community_id: int) -> int:
    return living(community_id).order_by().count()


def found(community_id: int, *, search: str = "", rung: int | None = None, role: str = "") -> QuerySet[Member]:
    """search: in the name or the handle. rung: exactly this step, at this minute as the cache has it."""
    people = living(community_id)
    for word in search.replace("@", " ").split()[:5]:
        people = people.filter(Q(user__name__icontains=word) | Q(user__handle__icontains=word))
    if rung is not None:
        people = people.filter(rung=rung)
    return people.filter(role=role) if role else people


def page_after(people: QuerySet[Member], token: str) -> tuple[list[Member], str]:
    """One page, and the token of the next ("" at the end). Raises Http404 for a token that is none."""
    if token:
        at, pk = read_token(token)
        people = people.filter(Q(joined_at__lt=at) | Q(joined_at=at, pk__lt=pk))
    rows = list(people[: PAGE + 1])
    more, rows = len(rows) > PAGE, rows[:PAGE]
    return rows, token_of(rows[-1].joined_at, rows[-1].pk) if more else ""
