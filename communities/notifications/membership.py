"""News of belonging: who came by one's invitation, who asks to come in, the answer to one's own asking, and one's step."""

from collections.abc import Sequence

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from communities.access.rules import has
from communities.access.viewer import Viewer
from communities.activity.models import Activity
from communities.members.models import JoinRequest, Member, Role, Standing
from communities.notifications.kinds import Found, Kind, News
from communities.notifications.models import Notification
from communities.spaces.models import Rung

PART = _("Your communities")
REQUEST = "joinrequest"


def team_of(community_id: int | None) -> QuerySet[Member]:
    people = Member.objects.filter(community_id=community_id or 0, standing=Standing.MEMBER)
    return people.exclude(role=Role.MEMBER)


def place_of(row: Notification) -> str:
    assert row.community is not None  # whoever looks for it has loaded it
    return reverse("posts:stream", args=[row.community.slug])


def in_the_place(rows: Sequence[Notification], viewer: Viewer) -> dict[int, Found]:
    """About the community itself: there for whom the community is there."""
    if viewer.standing == "shut":
        return {}
    return {row.pk: Found(str(row.community), place_of(row)) for row in rows}


def came_by_invitation(activity: Activity) -> News | None:
    seat = Member.objects.select_related("invitation").filter(pk=activity.object_id or 0).first()
    if seat is None or seat.invitation is None:
        return None
    key = f"invited:{seat.community_id}:{seat.user_id}"
    return News(key=key, about=("community", seat.community_id), to=[seat.invitation.creator_id], reads=())


def asked_in(activity: Activity) -> News | None:
    return News(
        key=f"asks:{activity.object_id}",
        about=(REQUEST, activity.object_id or 0),
        topic=("community", activity.community_id or 0),
        to=team_of(activity.community_id),
        reads=(),
        fresh=lambda viewer: has(viewer, "admit"),
    )


def open_requests(rows: Sequence[Notification], viewer: Viewer) -> dict[int, Found]:
    """Who still waits for an answer, for those who may give it."""
    if not has(viewer, "admit"):
        return {}
    waiting = JoinRequest.objects.filter(pk__in=[row.about_id for row in rows], state=JoinRequest.State.ASKED)
    known = set(waiting.values_list("pk", flat=True))
    found = {}
    for row in rows:
        if row.about_id in known and row.community is not None:
            found[row.pk] = Found(str(row.community), reverse("members:requests", args=[row.community.slug]))
    return found


def got_an_answer(activity: Activity) -> News | None:
    request = JoinRequest.objects.filter(pk=activity.object_id or 0).first()
    if request is None:
        return None
    return News(key=activity.key, about=(REQUEST, request.pk), to=[request.user_id], reads=())


def own_requests(rows: Sequence[Notification], viewer: Viewer) -> dict[int, Found]:
    """In the words of the state that the request is in now; who was turned down may know of the place still."""
    known = JoinRequest.objects.filter(pk__in=[row.about_id for row in rows], user_id=viewer.user_id or 0)
    asked = {one.pk: one for one in known}
    found = {}
    for row in rows:
        request = asked.get(row.about_id or 0)
        if request is None:
            continue
        says = _now("You asked to join {what}")
        if request.state == JoinRequest.State.APPROVED:
            waited = request.queued_at is not None
            says = _now("A place became free: you are in {what} now") if waited else _now("You were let into {what}")
        elif request.state == JoinRequest.State.DECLINED:
            says = _now("{what} did not let you in this time")
        elif request.state == JoinRequest.State.QUEUED:
            says = _now("{what} would like to have you: you come in as soon as a place is free")
        url = reverse("people:me") if viewer.standing == "shut" else place_of(row)
        found[row.pk] = Found(str(row.community), url, excerpt=request.note, says=says)
    return found


def stepped(activity: Activity) -> News | None:
    seat = Member.objects.filter(pk=activity.object_id or 0).first()
    if seat is None:
        return None
    key = f"step:{activity.pk}"
    return News(key=key, about=("community", seat.community_id), to=[seat.user_id], reads=())


def own_step(rows: Sequence[Notification], viewer: Viewer) -> dict[int, Found]:
    """The step that they stand on now."""
    if not viewer.is_member:
        return {}
    step = Rung.objects.filter(community=viewer.community_id, level=viewer.rung).first()
    says = _now("In {what} you stand on another step now")
    if step is not None:
        name = step.name.replace("{", "{{").replace("}", "}}")
        says = _now("In {what} you stand on the step “%(step)s” now") % {"step": name}
    return {row.pk: Found(str(row.community), place_of(row), says=says) for row in rows}


TOLD = (
    Kind(
        slug="asks",
        part=PART,
        label=_("Somebody asks to join"),
        explained=_("Where you are on the team."),
        sentence=_("{who} would like to join {what}"),
        why=_("you decide who comes in"),
        verbs=("join.asked",),
        hears=asked_in,
        finds=open_requests,
        icon="door",
        mail=True,
        duty=True,
    ),
    Kind(
        slug="door",
        part=PART,
        label=_("An answer to your wish to join"),
        sentence=_("{what} answered you"),
        why=_("you asked to join"),
        verbs=("join.approved", "join.declined", "join.queued"),
        hears=got_an_answer,
        finds=own_requests,
        icon="door",
        mail=True,
        duty=True,
    ),
    Kind(
        slug="invited",
        part=PART,
        label=_("Somebody joins by your invitation"),
        sentence=_("{who} joined {what} by your invitation"),
        why=_("it was your invitation"),
        verbs=("member.joined",),
        hears=came_by_invitation,
        finds=in_the_place,
        icon="people",
    ),
    Kind(
        slug="step",
        part=PART,
        label=_("You stand on another step"),
        sentence=_("In {what} you stand on another step now"),
        why=_("it is about your membership"),
        verbs=("member.rung_changed",),
        hears=stepped,
        finds=own_step,
        icon="stairs",
    ),
)
