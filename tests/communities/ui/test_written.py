"""A question that was written once answers as the ORM does, whatever it is asked about, and says so where it cannot."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from functools import reduce
from operator import or_

import pytest
from django.db import connection
from django.db.models import Count, Q
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from communities.members.models import Member
from communities.people.models import User
from communities.ui.written import written

pytestmark = pytest.mark.django_db


@written
def seats(place: int, name: str, role: str | None) -> object:
    rows = Member.objects.select_related("user").filter(Q(user__handle=name) | Q(user_id__gt=place), community=place)
    return rows.order_by("pk") if role is None else rows.exclude(role=role).order_by("-pk")


@written
def by_role(place: int) -> object:
    return Member.objects.filter(community=place).order_by("role").values_list("role").annotate(n=Count("pk"))


def test_rows_are_those_of_the_orm_with_what_hangs_on_them(demo, owner, member, insider, moderator) -> None:
    for name in ("owner", "member", "nobody", "it's \x02 0 %s", " \x02A%_\\1 ", ""):
        for role in (None, "member", "owner"):
            rows = Member.objects.filter(Q(user__handle=name) | Q(user_id__gt=demo.pk), community=demo)
            rows = rows.order_by("pk") if role is None else rows.exclude(role=role).order_by("-pk")
            assert seats(demo.pk, name, role) == list(rows)
    assert seats(demo.pk + 1, "owner", None) == []
    assert seats.first(demo.pk, "owner", None) == seats(demo.pk, "owner", None)[0]
    assert seats.first(demo.pk + 1, "owner", None) is None
    with CaptureQueriesContext(connection) as asked:
        (first, *_rest) = seats(demo.pk, "owner", None)
        assert (first.user, first.user.name) == (owner, "Owner")
        first.role = first.user.name = "changed"
        (again, *_rest) = seats(demo.pk, "owner", None)
        assert (again.role, again.user.name) == ("owner", "Owner")  # rows of one's own
    assert len(asked) == 2


def test_counts_and_lists_come_as_the_queryset_says(demo, owner, member, insider, moderator) -> None:
    assert by_role(demo.pk) == [("member", 2), ("moderator", 1), ("owner", 1)]
    handle = written(lambda pk: User.objects.filter(pk=pk).values_list("handle", flat=True))
    assert (handle(owner.pk), handle(member.pk), handle(0)) == (["owner"], ["member"], [])
    assert written(lambda pk: User.objects.none())(3) == []
    named = written(lambda pk: User.objects.filter(pk=pk).values("handle"))
    assert named(owner.pk) == [{"handle": "owner"}]


def test_it_is_written_once_for_each_shape(demo, member) -> None:
    asked: list[tuple[object, ...]] = []

    @written
    def some(*args: object) -> object:
        asked.append(args)
        return User.objects.filter(reduce(or_, (Q(pk=one) for one in args if one is not None)))

    for args in ((1, 2), (3, 4), (5, None), (None, 6), (7, 8), (9, None)):
        some(*args)
    assert len(asked) == 3 * 3
    assert some(member.pk, 0) == [member]


def test_lists_and_moments_are_put_in_as_well(demo, owner, member, insider, moderator) -> None:
    @written
    def of(ids: tuple[int, ...], before: object, name: str) -> object:
        rows = User.objects.filter(pk__in=ids, date_joined__lt=before).exclude(handle=name)
        return rows.order_by("pk").values_list("pk", flat=True)

    everybody = [owner.pk, member.pk, insider.pk, moderator.pk]
    later, never = timezone.now() + dt.timedelta(days=1), timezone.now() - dt.timedelta(days=1)
    for many in range(5):
        assert of(tuple(everybody[:many]), later, "nobody") == sorted(everybody[:many])
        assert of((*everybody[:many], 0), later, "owner") == sorted(set(everybody[:many]) - {owner.pk})
        assert of(tuple(everybody[:many]), never, "nobody") == []
    assert of((member.pk, owner.pk, member.pk), later, "") == sorted([owner.pk, member.pk])
    assert len(of._known) == 5  # none, and as many as one, two, four and eight
    for many in (4096, 4097, 10_000):
        crowd = (*range(-many, -4), *everybody)
        assert (len(crowd), of(crowd, later, "owner")) == (many, sorted({*everybody} - {owner.pk}))


def test_numbers_of_every_size_and_kind_are_themselves(demo, owner) -> None:
    rung = Member.objects.get(user=owner).rung
    sized = written(lambda rung, pk: Member.objects.filter(rung=rung, user=pk))
    assert sized(rung, owner.pk) == [Member.objects.get(user=owner)]
    assert (sized(rung, 2**40), sized(31_000, 31_001), sized(2**40, owner.pk), sized(-1, 2**63 - 1)) == ([],) * 4
    assert written(lambda pk: User.objects.filter(pk=pk))(True) == list(User.objects.filter(pk=True))


def test_what_it_cannot_keep_apart_is_said(demo, owner) -> None:
    now = written(lambda pk: User.objects.filter(pk=pk, date_joined__lte=timezone.now()))
    with pytest.raises(TypeError, match="not handed in as it is"):
        now(1)
    part = written(lambda name: User.objects.filter(name__contains=name))
    with pytest.raises(TypeError, match="not handed in as it is"):
        part("a")
    some = written(lambda most: User.objects.order_by("pk")[:most])
    with pytest.raises(TypeError, match="asks otherwise"):
        some(3)
    assert (some(most=0), len(some(most=1))) == ([], 1)  # by its name it is part of the question
    more = written(lambda pk: User.objects.filter(pk=pk).prefetch_related("groups"))
    with pytest.raises(TypeError, match="more than its rows"):
        more(1)


@pytest.mark.parametrize(
    "build",
    [
        lambda name: User.objects.filter(email=name.lower()),
        lambda name: User.objects.filter(email=name.strip()),
        lambda name: User.objects.filter(handle__startswith=name),
        lambda name: User.objects.filter(handle=name) if name else User.objects.all(),
        lambda name: User.objects.filter(handle=name) if name else User.objects.none(),
        lambda name: User.objects.none() if name else User.objects.all(),
    ],
)
def test_no_word_is_changed_and_none_is_nothing(demo, build) -> None:
    for word in ("owner", ""):
        with pytest.raises(TypeError, match=r"otherwise|as it is"):
            written(build)(word)


@pytest.mark.parametrize(
    "build",
    [
        lambda pk: User.objects.filter(pk=max(1, pk)),
        lambda pk: User.objects.filter(pk=pk + 1),
        lambda pk: User.objects.filter(pk=pk or None),
    ],
)
def test_no_number_is_changed(demo, owner, build) -> None:
    with pytest.raises(TypeError, match=r"otherwise|as it is"):
        written(build)(owner.pk)


@pytest.mark.django_db(transaction=True)
def test_many_threads_ask_at_once(demo, owner, member) -> None:
    @written
    def one(pk: int) -> object:
        return User.objects.filter(pk=pk)

    def ask(pk: int) -> set[str]:
        try:
            return {row.handle for _time in range(30) for row in one(pk)}
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(ask, [owner.pk, member.pk] * 3))
    assert found == [{"owner"}, {"member"}] * 3
