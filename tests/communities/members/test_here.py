"""“Ana is here now”: the team alone is shown, to whoever may know the place, unless they chose not to be seen."""

import pytest

from communities.members.here import doors
from communities.members.models import Member
from communities.safety.blocking import block_person

pytestmark = pytest.mark.django_db


def shown(place, *people):
    return {door.name for door in doors({place.pk: [one.pk for one in people]})[place.pk].values() if not door.unseen}


def test_the_team_is_shown_to_everybody_and_members_to_nobody(demo, owner, moderator, member, insider, outsider):
    people = (owner, moderator, member, insider, outsider)
    assert doors({demo.pk: [one.pk for one in people]})[demo.pk].keys() == {one.pk for one in people}
    assert shown(demo, *people) == {"owner Owner", "moderator Moderator"}
    Member.objects.filter(user=insider).update(title="Printer")
    assert shown(demo, *people) == {"owner Owner", "moderator Moderator", "insider Insider"}


def test_whoever_wants_not_to_be_seen_is_not_and_blocks_hold(demo, owner, moderator, member):
    moderator.unseen = True
    moderator.save()
    Member.objects.filter(user=owner).update(listed=False)
    assert shown(demo, owner, moderator) == set()
    block_person(member, owner)
    assert doors({demo.pk: [member.pk]})[demo.pk][member.pk].blocked == {owner.pk}


def test_an_unlisted_place_is_heard_by_its_people_alone(demo, owner, member, outsider):
    demo.listed = False
    demo.save()
    assert doors({demo.pk: [owner.pk, member.pk, outsider.pk]})[demo.pk].keys() == {owner.pk, member.pk}
    assert doors({10**9: [owner.pk]}) == {10**9: {}}


def test_the_team_page_has_a_place_for_it_for_people_and_none_for_visitors(demo, owner, member, visitor, client_of):
    page = client_of(member).get("/c/demo/people/").content.decode()
    assert 'data-here="owner" hidden' in page and f'data-place="team:{demo.pk}"' in page and "data-seen" not in page
    assert f'data-place="team:{demo.pk}" data-seen' in client_of(owner).get("/c/demo/people/").content.decode()
    assert "data-here" not in client_of(visitor).get("/c/demo/people/").content.decode()
