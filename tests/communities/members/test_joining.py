"""Joining: once a person, never past the cap, and one row however often it is asked for at once."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from communities.activity.models import Activity
from communities.members.actions import Full, join_community
from communities.members.models import Member
from communities.spaces.models import Community
from tests.conftest import make_user


@pytest.mark.django_db
def test_joining_makes_a_member_once(demo, client_of, outsider, seen_by):
    browser = client_of(outsider)
    assert seen_by(outsider).rung == 0
    for _time in range(2):
        assert browser.post("/c/demo/join/").status_code == 302
    assert Member.objects.filter(community=demo, user=outsider).count() == 1
    assert Activity.objects.filter(verb="member.joined", actor=outsider).count() == 1
    assert seen_by(outsider).rung == 10


@pytest.mark.django_db
def test_a_visitor_is_sent_to_sign_in_and_joins_nothing(demo, client_of, visitor):
    before = Member.objects.count()
    answer = client_of(visitor).post("/c/demo/join/")
    assert (answer.status_code, answer["Location"]) == (302, "/accounts/login/?next=/c/demo/join/")
    assert Member.objects.count() == before


@pytest.mark.django_db
def test_a_full_community_says_so(demo, client_of, outsider):
    Community.objects.filter(pk=demo.pk).update(size_cap=1)
    answer = client_of(outsider).post("/c/demo/join/", follow=True)
    assert "All places here are taken." in answer.content.decode()
    assert not Member.objects.filter(user=outsider).exists()


@pytest.mark.django_db(transaction=True)
def test_twenty_race_for_five_places(demo):
    Community.objects.filter(pk=demo.pk).update(size_cap=6)  # the owner has one
    demo.refresh_from_db()
    people = [make_user(f"racer{number}") for number in range(20)]

    def race(person) -> bool:
        try:
            join_community(person, demo)
        except Full:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(8) as pool:
        joined = sum(pool.map(race, people))
    assert (joined, Member.objects.filter(community=demo).count()) == (5, 6)
