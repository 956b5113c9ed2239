"""News of keeping a place good: reports for those who moderate, their outcome for whoever reported, and acts for whom they concern."""

from collections.abc import Sequence
from dataclasses import replace

from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from communities.access.rules import has
from communities.access.things import things
from communities.access.viewer import Viewer
from communities.activity.models import Activity
from communities.members.models import Member
from communities.notifications.kinds import Found, Kind, News
from communities.notifications.membership import team_of
from communities.notifications.models import Notification
from communities.safety.models import Act, Report
from communities.safety.reporting import BY_ITSELF
from communities.safety.subjects import author_id_of, row_of

PART = _("Keeping the place good")
REPORT = "report"
SAID = {
    "safety.warned": _("The team of {what} has a word for you"),
    "safety.unwarned": _("The team of {what} took a warning back"),
    "safety.suspended": _("You are suspended in {what}: you read as a visitor and cannot write"),
    "safety.reinstated": _("Your suspension in {what} is over"),
    "safety.muted": _("You are muted in the rooms of {what} for a while: you read along and do not write"),
    "safety.unmuted": _("You can write in the rooms of {what} again"),
    "safety.hidden": _("Something that you wrote is out of sight for now: {what}"),
    "safety.restored": _("What was out of sight stands again: {what}"),
}


def reported(activity: Activity) -> News | None:
    report = Report.objects.filter(pk=activity.object_id or 0).first()
    if report is None:
        return None
    return News(
        key=f"report:{report.pk}",
        about=(REPORT, report.pk),
        topic=(report.kind, report.object_id),
        to=team_of(activity.community_id),
        reads=(),
        fresh=lambda viewer: has(viewer, "moderate"),
    )


def open_reports(rows: Sequence[Notification], viewer: Viewer) -> dict[int, Found]:
    """What still waits for a decision, for those who may take it."""
    if not has(viewer, "moderate"):
        return {}
    ids = [row.about_id or 0 for row in rows]
    waiting = {one.pk: one for one in Report.objects.filter(pk__in=ids, state=Report.State.OPEN)}
    found = {}
    for kind in {report.kind for report in waiting.values()}:
        named = things(kind, [report.object_id for report in waiting.values() if report.kind == kind], viewer)
        for row in rows:
            report = waiting.get(row.about_id or 0)
            if report is not None and report.kind == kind:
                thing, place = named.get(report.object_id), row.community
                url = reverse("safety:case", args=[place.slug, report.kind, report.object_id]) if place else ""
                found[row.pk] = Found(thing.title if thing else str(row.community), url)
    return found


def decided(activity: Activity) -> News | None:
    report = Report.objects.filter(pk=activity.object_id or 0).first()
    if report is None:
        return None
    return News(key=f"decided:{report.pk}", about=(REPORT, report.pk), to=[report.reporter_id], reads=())


def own_reports(rows: Sequence[Notification], viewer: Viewer) -> dict[int, Found]:
    known = Report.objects.filter(pk__in=[row.about_id for row in rows], reporter_id=viewer.user_id)
    mine = {one.pk: one for one in known.exclude(state=Report.State.OPEN)}
    found = {}
    for row in rows:
        report = mine.get(row.about_id or 0)
        if report is not None:
            says = _now("The team of {what} dealt with what you reported. Thank you")
            if report.state == Report.State.DISMISSED:
                says = _now("The team of {what} looked at what you reported and let it stand")
            found[row.pk] = Found(str(row.community), reverse("safety:my_reports"), excerpt=report.outcome, says=says)
    return found


def acted_on(activity: Activity) -> News | None:
    """Whoever it concerns hears of it, whatever they may still read."""
    if activity.object_id is None or activity.verb not in SAID:
        return None
    if activity.kind == "member":
        concerned = list(Member.objects.filter(pk=activity.object_id or 0).values_list("user_id", flat=True))
    else:
        row = row_of(activity.kind, activity.object_id)
        concerned = [author_id_of(row)] if row is not None else []
    about = activity.kind, activity.object_id
    key = f"{activity.verb}:{activity.pk}"
    return News(key=key, about=about, topic=(activity.verb[:40], activity.object_id), to=concerned, reads=())


def _words(rows: Sequence[Notification]) -> dict[int, str]:
    """What whoever acted wrote to the person, by notification: the newest act of that verb when the news was written."""
    acts = Act.objects.filter(object_id__in={row.about_id for row in rows}).order_by("pk")
    words: dict[int, str] = {}
    for act in acts.values_list("verb", "kind", "object_id", "at", "reason"):
        for row in rows:
            same = (row.topic, row.about_kind, row.about_id) == (f"safety.{act[0]}:{act[2]}", act[1], act[2])
            if same and act[3] <= row.at:
                words[row.pk] = _now(BY_ITSELF) if act[4] == BY_ITSELF else act[4]
    return words


def acts_on_oneself(rows: Sequence[Notification], viewer: Viewer) -> dict[int, Found]:
    """The place by its name, even where one sees nothing of it any more; one's own text by its title."""
    found, words = {}, _words(rows)
    for row in rows:
        says = SAID.get(row.topic.partition(":")[0], "")
        found[row.pk] = Found(str(row.community), reverse("safety:standing"), excerpt=words.get(row.pk, ""), says=says)
    for kind in {row.about_kind for row in rows} - {"member"}:
        own = things(kind, [row.about_id for row in rows if row.about_kind == kind and row.about_id], viewer)
        for row in rows:
            if row.about_kind == kind and (thing := own.get(row.about_id or 0)) is not None:
                found[row.pk] = replace(found[row.pk], title=thing.title, url=thing.url)
    return found


TOLD = (
    Kind(
        slug="report",
        part=PART,
        label=_("Something is reported"),
        explained=_("Where you moderate."),
        sentence=_("Somebody reported {what}"),
        why=_("you moderate here"),
        verbs=("report.filed",),
        hears=reported,
        finds=open_reports,
        icon="flag",
        mail=True,
        duty=True,
    ),
    Kind(
        slug="decided",
        part=PART,
        label=_("What became of your report"),
        sentence=_("The team of {what} looked at what you reported"),
        why=_("you reported something"),
        verbs=("report.decided",),
        hears=decided,
        finds=own_reports,
        icon="flag",
        duty=True,
    ),
    Kind(
        slug="act",
        part=PART,
        label=_("A moderator acts on you or on what you wrote"),
        explained=_("Always on the bell: nobody is judged without hearing of it."),
        sentence=_("The team of {what} has a word for you"),
        why=_("it concerns you"),
        verbs=tuple(SAID),
        hears=acted_on,
        finds=acts_on_oneself,
        icon="flag",
        mail=True,
        always=True,
    ),
)
