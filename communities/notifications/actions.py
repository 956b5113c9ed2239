"""Writes of notifications: telling people of an activity, step by step; what they have seen; what they want to be told."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from communities.access.crowd import crowd_of, holders
from communities.access.models import Block
from communities.access.things import readable
from communities.access.viewer import Viewer
from communities.activity.actions import record
from communities.activity.models import Activity
from communities.members.loading import viewers_of
from communities.notifications.kinds import KINDS, Kind, News, kinds_hearing
from communities.notifications.lines import heads, topics_of
from communities.notifications.mailing import mail_news
from communities.notifications.models import Notification, Preference
from communities.notifications.telling import tell_bells
from communities.notifications.wishes import ALL, BELL, MAIL, Wish, wishes_of
from communities.people.models import User
from communities.safety.models import Mute
from communities.spaces.models import Community

BATCH = 500  # people a step


def tell_step(activity: Activity, rest: str) -> str:
    """Tells of one activity: at most BATCH people of one kind. rest: "<kind>:<last user id>"; "" when everybody heard."""
    slug, _colon, after = rest.partition(":")
    kinds = kinds_hearing(activity.verb)
    at = next((place for place, kind in enumerate(kinds) if kind.slug == slug), 0)
    for place, kind in enumerate(kinds[at:]):
        news = kind.hears(activity) if activity.community_id else None
        if news is None:
            continue
        ids = news.batch(int(after or 0) if place == 0 else 0, BATCH)
        if ids:
            tell(kind, news, activity, ids)
        if len(ids) == BATCH:
            return f"{kind.slug}:{ids[-1]}"
    return ""


@transaction.atomic
def tell(kind: Kind, news: News, activity: Activity, user_ids: Collection[int]) -> int:
    """Rows on the bells, and mails where wanted, of whoever may know it now. Returns how many heard. Twice tells nobody twice."""
    place = Community.objects.filter(pk=activity.community_id or 0).first()
    actor = news.actor or activity.actor_id
    hearing = set(user_ids) - ({actor} if not kind.account else set())
    if not (kind.always or kind.duty):
        hearing -= deaf_to(news, actor, hearing)
    hearing -= _told(news.key, hearing)
    wishes = {pk: wish for pk, wish in wishes_of(hearing, kind).items() if wish.bell or wish.mail}
    if place is None or not wishes:
        return 0
    ready = _may_hear(news, viewers_of(place, wishes.keys()))
    now = timezone.now()
    Notification.objects.bulk_create(
        [_row(kind, news, activity, pk, wishes[pk], now) for pk in sorted(ready)], ignore_conflicts=True
    )
    rung = [pk for pk in ready if wishes[pk].bell]
    User.objects.filter(pk__in=rung).update(bell_at=now, bell_rev=F("bell_rev") + 1)
    tell_bells(rung)
    mailed = [pk for pk in ready if wishes[pk].mail]
    if mailed:
        mail_news(list(Notification.objects.filter(user__in=mailed, key=news.key).order_by("pk")))
    return len(ready)


def _row(kind: Kind, news: News, activity: Activity, user_id: int, wish: Wish, now: dt.datetime) -> Notification:
    return Notification(
        user_id=user_id,
        community_id=activity.community_id,
        kind=kind.slug,
        key=news.key,
        actor_id=news.actor or activity.actor_id,
        about_kind=news.about[0],
        about_id=news.about[1],
        topic="{}:{}".format(*news.belongs_to),
        rings=wish.bell,
        at=now,
    )


def _told(key: str, user_ids: Collection[int]) -> set[int]:
    return set(Notification.objects.filter(user__in=user_ids, key=key).values_list("user_id", flat=True))


def deaf_to(news: News, actor_id: int | None, user_ids: Collection[int]) -> set[int]:
    """Who of these blocked whoever did it, or wants to hear nothing of them or of the thread."""
    blocks = Block.objects.filter(user__in=user_ids, blocked_id=actor_id or 0)
    muted = Q(kind="user", object_id=actor_id or 0) | Q(kind="thread", object_id=news.thread or 0)
    mutes = Mute.objects.filter(muted, user__in=user_ids)
    return {*blocks.values_list("user_id", flat=True), *mutes.values_list("user_id", flat=True)}


def _may_hear(news: News, viewers: Mapping[int, Viewer]) -> set[int]:
    """Of these viewers those who may open what it is about at this moment, and to whom it is new."""
    gate = news.must_open

    def opens(viewer: Viewer) -> bool:
        open_now = gate is None or gate[1] in readable(gate[0], [gate[1]], viewer)
        return open_now and (news.fresh is None or news.fresh(viewer))

    if gate is None and news.fresh is None:
        return set(viewers)
    apart = holders({gate or news.about, news.belongs_to}, viewers.keys())
    return crowd_of(viewers.values(), opens, apart=apart)


# --- seen ----------------------------------------------------------------------------------------------------------------


@transaction.atomic
def see_page(user: User, *, first: int, last: int) -> None:
    """The lines with heads from id `first` down to `last` were looked at: all of their news is seen, in one look."""
    shown = list(heads(user.pk).filter(pk__lte=first, pk__gte=last)[:200])
    if not shown:
        return
    same_line = Q(pk__in=[])
    for kind, topic in topics_of(shown):
        same_line |= Q(kind=kind, topic=topic)
    unseen = Notification.objects.filter(user=user, seen_at__isnull=True, pk__lte=first)
    unseen.filter(same_line).update(seen_at=timezone.now())
    _looked(user.pk, shown[0].at)


@transaction.atomic
def see_all(user: User) -> None:
    Notification.objects.filter(user=user, seen_at__isnull=True).update(seen_at=timezone.now())
    _looked(user.pk)


@transaction.atomic
def see_topics(user_id: int, topics: Iterable[str]) -> None:
    """Somebody has the thing itself before their eyes ("post:12"): its news is no news any more."""
    unseen = Notification.objects.filter(user=user_id, seen_at__isnull=True)
    unseen = unseen.filter(topic__in=list(topics))
    if unseen.exists():  # mostly there is none, and then nothing is written
        unseen.update(seen_at=timezone.now())
        _looked(user_id)


def _looked(user_id: int, at: dt.datetime | None = None) -> None:
    """The bell is quiet up to `at`; altogether where nothing unseen is left. What a worker is just writing lights it again."""
    me = User.objects.filter(pk=user_id)
    me.update(bell_rev=F("bell_rev") + 1)
    tell_bells([user_id])
    if not Notification.objects.filter(user=user_id, seen_at__isnull=True, rings=True).exists():
        me.update(bell_seen_at=F("bell_at"))
    elif at is not None:  # never back: a beacon that comes late lights no bell again
        me.filter(Q(bell_seen_at__isnull=True) | Q(bell_seen_at__lt=at)).update(bell_seen_at=at)


# --- wishes --------------------------------------------------------------------------------------------------------------


@transaction.atomic
def choose(user: User, *, bell: Collection[str], mail: Collection[str], no_mail: bool) -> None:
    """What this person wants, for every kind: slugs that come on the bell and by mail. Records notifications.chosen."""
    wanted: dict[tuple[str, str], bool] = {(ALL, MAIL): not no_mail}
    defaults: dict[tuple[str, str], bool] = {(ALL, MAIL): True}
    for slug, kind in KINDS.items():
        if not kind.always:
            wanted[slug, BELL], defaults[slug, BELL] = slug in bell, kind.bell
        if kind.mail is not None and not kind.account:
            wanted[slug, MAIL], defaults[slug, MAIL] = slug in mail, kind.mail
    said = {(row.kind, row.channel): row.on for row in Preference.objects.filter(user=user)}
    for (slug, channel), on in wanted.items():
        if said.get((slug, channel), defaults[slug, channel]) != on:  # a default that nobody touched may change later
            _say(user.pk, slug, channel, on)
    record("notifications.chosen", actor=user, obj=user)


@transaction.atomic
def stop_mail(user_id: int, slug: str = ALL) -> None:
    """No more mail of this kind, or of any kind. Asked again it changes nothing. Records notifications.stopped."""
    _say(user_id, slug, MAIL, False)
    record("notifications.stopped", actor=user_id, kind="user", object_id=user_id)


def _say(user_id: int, slug: str, channel: str, on: bool) -> None:
    Preference.objects.update_or_create(user_id=user_id, kind=slug, channel=channel, defaults={"on": on})


def sweep_old(days: int = 180, most: int = 5000) -> int:
    """News that is half a year old goes, seen or not. Returns how much went."""
    old = Notification.objects.filter(at__lt=timezone.now() - dt.timedelta(days=days)).order_by("at")
    ids: list[Any] = list(old.values_list("pk", flat=True)[:most])
    return Notification.objects.filter(pk__in=ids).delete()[0]
