"""The question of access as it is written once a kind of viewer finds what the rule itself finds, wherever a query puts it."""

import datetime as dt
from dataclasses import replace
from itertools import product

import pytest
from django.db.models import Count, Exists, F, OuterRef, Q
from django.utils import timezone

from communities.access.models import NOBODY, Pass, State, _listed, _readable
from communities.access.predicate import Predicate, _kind, _sql_of
from communities.access.rules import gated_models
from communities.access.viewer import Viewer
from communities.safety.actions import hide
from content.posts.models import Post
from tests.communities.discussion.conftest import make_room

pytestmark = pytest.mark.django_db


@pytest.fixture
def viewers(
    demo, publish, seen_by, owner, moderator, circle, insider, member, outsider, visitor, maker
) -> list[Viewer]:
    """Everybody there is, and many that there are not, before posts and rooms of every kind."""
    soon = timezone.now() + dt.timedelta(days=1)
    for rung in (0, 10, 20, 30):
        publish(f"From {rung}", rung=rung)
        make_room(demo, owner, f"room-{rung}", own_rung=rung)
    publish("Early", rung=30, openings=((10, soon),))
    publish("Opened", rung=30, openings=((10, soon - dt.timedelta(days=2)),), opens_at=soon - dt.timedelta(days=3))
    publish("Later", opens_at=soon)
    hide(seen_by(moderator), obj=publish("Loud"), reason="Loud.")
    for state in (State.DRAFT, State.REMOVED):
        Post.objects.filter(pk=publish(f"A {state}", author=insider, space="bench").pk).update(state=state)
    for kind, alone in (("post", publish("Alone", rung=30)), ("room", make_room(demo, owner, "alone", own_rung=30))):
        type(alone).objects.filter(pk=alone.pk).update(rung=NOBODY, listed_rung=NOBODY)
        Pass.objects.create(user=outsider, kind=kind, object_id=alone.pk, source="test")
        Pass.objects.create(user=member, kind=kind, object_id=alone.pk, source="test", ends=timezone.now())
    there = [seen_by(one) for one in (owner, moderator, circle, insider, member, outsider, visitor, maker)]
    roles, standings, rungs = ("", "member", "owner", "analyst"), ("visitor", "member", "suspended"), (0, 10, 20, 999)
    made = [
        replace(there[3], role=role, standing=standing, rung=rung)
        for role, standing, rung in product(roles, standings, rungs)
    ]
    made += [replace(one, community_id=one.community_id + 1) for one in there]
    return there + made + [replace(one, user_id=0) for one in there] + [replace(one, user_id=None) for one in made]


def ids(rows: object) -> list[int]:
    return sorted(rows.values_list("pk", flat=True))  # type: ignore[attr-defined]


@pytest.mark.parametrize("model", gated_models())
def test_it_finds_what_the_rule_finds(model, viewers) -> None:
    now, found = timezone.now(), set()
    for viewer in viewers:
        listed, readable = ids(model.objects.listed_to(viewer)), ids(model.objects.readable_by(viewer))
        assert listed == ids(model.objects.filter(_listed(model, viewer, now))), viewer
        assert readable == ids(model.objects.filter(_readable(model, viewer, now))), viewer
        marked = model.objects.with_readable(viewer).values_list("pk", "readable")
        assert sorted(pk for pk, is_so in marked if is_so) == readable, viewer
        assert {type(is_so) for _pk, is_so in marked} == {bool}
        found |= {(*listed,), (*readable,)}
    assert len(found) > 5  # they do differ


@pytest.mark.parametrize("model", gated_models())
def test_inside_another_question_each_table_is_the_one_that_is_meant(model, viewers) -> None:
    """Django calls the tables of a question inside another U0, as it calls those inside this one."""
    for viewer in viewers[:12]:
        readable = model.objects.readable_by(viewer)
        here = model.objects.filter(Exists(readable.filter(pk=OuterRef("pk"))))
        assert ids(here) == ids(readable)
        assert ids(model.objects.filter(pk__in=model.objects.filter(pk__in=readable))) == ids(readable)
        assert ids(model.objects.exclude(pk__in=readable)) == sorted(set(ids(model.objects.all())) - set(ids(readable)))
        both = model.objects.listed_to(viewer).with_readable(viewer).filter(readable=True).order_by("-readable", "pk")
        assert [one.pk for one in both] == ids(readable)
        of_author = model.objects.filter(author__in=readable.values("author")).annotate(same=F("author_id"))
        assert ids(of_author) == ids(model.objects.filter(author__in=list(readable.values_list("author", flat=True))))


def test_a_moment_is_asked_about_as_it_was(viewers) -> None:
    before = timezone.now() - dt.timedelta(days=2, hours=12)
    for viewer in viewers[:12]:
        asked = ids(Post.objects.readable_by(viewer, at=before))
        assert asked == ids(Post.objects.filter(_readable(Post, viewer, before)))


def test_a_rule_that_looks_at_numbers_by_itself_is_refused(viewers) -> None:
    def by_rung(model, viewer, now) -> Q:
        return Q(community_id=viewer.community_id) if viewer.rung >= 30 else Q(pk=0)

    def by_person(model, viewer, now) -> Q:
        return Q(author_id=max(viewer.user_id or 0, 5))

    def by_the_clock(model, viewer, now) -> Q:
        return Q(opens_at__lte=timezone.now())

    def nothing(model, viewer, now) -> Q:
        return Q(pk__in=[])

    for rule in (by_rung, by_person, by_the_clock, nothing):
        with pytest.raises(TypeError, match=rule.__name__):
            list(Post.objects.filter(Predicate(Post, rule, viewers[0], timezone.now())))


def test_tables_inside_tables_stay_apart(viewers) -> None:
    """However deep a rule asks, and however deep it is asked itself."""

    def deep(model, viewer, now) -> Q:
        held = Pass.objects.filter(user_id=viewer.user_id, kind="post", object_id=OuterRef("pk"))
        twin = Pass.objects.filter(pk=OuterRef("pk"), object_id=OuterRef(OuterRef("pk")))
        return Q(Exists(held.filter(Exists(twin))))

    outsider = viewers[5]
    (alone,) = ids(Post.objects.filter(title="Alone"))
    asked = Post.objects.filter(Predicate(Post, deep, outsider, timezone.now()))
    around = Post.objects.filter(pk__in=Post.objects.filter(pk__in=asked))
    assert ids(asked) == ids(around) == ids(Post.objects.filter(deep(Post, outsider, timezone.now()))) == [alone]


def test_it_stands_in_updates_counts_and_groups(viewers) -> None:
    for viewer in viewers[:6]:
        readable = Post.objects.readable_by(viewer)
        many = len(ids(readable))
        assert readable.update(words=7) == many == readable.count() == Post.objects.filter(words=7).count()
        assert Post.objects.aggregate(n=Count("pk", filter=Post.readable_q(viewer))) == {"n": many}
        groups = Post.objects.with_readable(viewer).order_by().values_list("readable").annotate(n=Count("pk"))
        assert dict(groups).get(True, 0) == many
        Post.objects.update(words=0)


def test_who_is_alike_shares_what_was_written(viewers) -> None:
    _sql_of.cache_clear()
    kinds = {_kind(viewer) for viewer in viewers if viewer.standing != "shut"}
    for viewer in viewers:
        list(Post.objects.readable_by(viewer))
    assert _sql_of.cache_info().misses == len(kinds) < len(viewers) / 2
