"""One's own place in a community: who came by one's link, the answer to one's asking, and one's step."""

import pytest
from django.utils import timezone

from communities.activity.models import Activity
from communities.members.actions import end_rung, grant_rung
from communities.members.models import Invitation, JoinRequest, Member
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


@pytest.mark.parametrize(
    ("state", "verb", "says"),
    [
        (JoinRequest.State.APPROVED, "join.approved", "You were let into Demo"),
        (JoinRequest.State.DECLINED, "join.declined", "Demo did not let you in this time"),
    ],
)
def test_who_asked_hears_the_answer_also_of_a_place_that_is_not_listed(
    demo, owner, outsider, client_of, state, verb, says
):
    Community.objects.filter(pk=demo.pk).update(listed=False)
    row = JoinRequest.objects.create(community=demo, user=outsider, state=state, note="Warm regards.", decided_by=owner)
    happened(verb, demo, row, owner)
    assert bell_of(outsider) == [(says, 1)]
    page = client_of(outsider).get("/me/news/").content.decode()
    assert "Warm regards." in page and "Owner" not in page
    assert set(Notification.objects.values_list("user", flat=True)) == {outsider.pk}
