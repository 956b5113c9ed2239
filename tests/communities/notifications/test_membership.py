"""One's own place in a community: who came by one's link, the answer to one's asking, and one's step."""

import pytest
from django.utils import timezone

from communities.activity.models import Activity
from communities.mail.models import Mail
from communities.members.actions import end_rung, grant_rung
from communities.members.door import knock
from communities.members.models import Invitation, JoinRequest, Member
from communities.members.requests import approve_request, decline_request
from communities.members.seats import leave_community
from communities.notifications.actions import tell_step
from communities.notifications.models import Notification
from communities.spaces.models import Community, Rung
from tests.communities.notifications.conftest import bell_of
from tests.conftest import make_user

pytestmark = pytest.mark.django_db


def happened(verb: str, place: Community, row, actor=None) -> None:
    """An activity as the door will record it."""
    activity = Activity.objects.create(
        key=f"{verb}:{row.pk}",
        verb=verb,
        community=place,
        actor=actor,
        kind=row._meta.model_name,
        object_id=row.pk,
        occurred_at=timezone.now(),
    )
    assert tell_step(activity, "") == ""


def test_who_invited_somebody_hears_that_they_came(demo, member, insider):
    link = Invitation.objects.create(community=demo, creator=insider)
    for name in ("ana", "ben"):
        guest = make_user(name)
        seat = Member.objects.create(community=demo, user=guest, invitation=link)
        happened("member.joined", demo, seat, guest)
    seat = Member.objects.create(community=demo, user=make_user("cleo"))
    happened("member.joined", demo, seat, seat.user)
    assert bell_of(insider) == [("Ben and Ana joined Demo by your invitation", 2)]
    assert not Notification.objects.exclude(user=insider).exists()


def test_a_step_is_told_by_its_name_as_it_is_now(demo, seen_by, deliver, owner, member):
    seat = Member.objects.get(user=member)
    Rung.objects.filter(community=demo, level=20).update(name="In{side}r")
    grant_rung(seen_by(owner), member=seat, level=20, reason="A friend.")
    deliver()
    assert bell_of(member) == [("In Demo you stand on the step “In{side}r” now", 1)]
    end_rung(seen_by(owner), member=seat)
    deliver()
    assert bell_of(member)[0][1] == 2
    assert "Member" in bell_of(member)[0][0]


def knocking(demo, **fields) -> None:
    Community.objects.filter(pk=demo.pk).update(join_mode=Community.Join.REQUEST, **fields)
    demo.refresh_from_db()


def test_who_asks_is_told_to_those_who_may_let_them_in_until_somebody_did(
    demo, seen_by, deliver, client_of, owner, moderator, member, outsider, maker
):
    knocking(demo)
    knock(outsider, demo)
    deliver()
    assert set(Notification.objects.filter(kind="asks").values_list("user", flat=True)) == {owner.pk, moderator.pk}
    assert bell_of(moderator) == [("Outsider would like to join Demo", 1)]
    assert 'href="/c/demo/studio/requests/"' in client_of(moderator).get("/me/news/").content.decode()
    Member.objects.filter(user=moderator).update(role="member")
    assert bell_of(moderator) == []
    approve_request(seen_by(owner), request=JoinRequest.objects.get(), note="Welcome!")
    deliver()
    assert bell_of(owner) == []
    assert bell_of(outsider) == [("You were let into Demo", 1)]
    page = client_of(outsider).get("/me/news/").content.decode()
    assert "Welcome!" in page and 'href="/c/demo/"' in page and "Owner" not in page


def test_who_is_turned_down_hears_it_also_of_a_place_that_is_not_listed(
    demo, seen_by, deliver, confirmed, client_of, owner, outsider
):
    confirmed(outsider)
    knocking(demo)
    knock(outsider, demo)
    Community.objects.filter(pk=demo.pk).update(listed=False)
    decline_request(seen_by(owner), request=JoinRequest.objects.get(), note="Warm regards.")
    deliver()
    assert bell_of(outsider) == [("Demo did not let you in this time", 1)]
    assert "Warm regards." in client_of(outsider).get("/me/news/").content.decode()
    assert Mail.objects.get(to=outsider.email).subject == "Demo did not let you in this time · Demo"


def test_who_waits_for_a_place_hears_that_they_are_welcome_and_then_that_one_became_free(
    demo, seen_by, deliver, owner, member, outsider
):
    knocking(demo, size_cap=Member.objects.filter(community=demo).count())
    knock(outsider, demo)
    approve_request(seen_by(owner), request=JoinRequest.objects.get())
    deliver()
    assert bell_of(outsider) == [("Demo would like to have you: you come in as soon as a place is free", 1)]
    leave_community(seen_by(member), community=demo)
    deliver()
    assert bell_of(outsider)[0][0] == "A place became free: you are in Demo now"
