"""The logs at the desk: every kind of act leaves an entry, and nobody edits or deletes one, a superuser neither."""

import datetime as dt

import pytest
from django.utils import timezone

from communities.activity.models import Activity
from communities.members.models import Member
from communities.people.models import User
from communities.safety.actions import (
    dismiss,
    hide,
    mute_member,
    reinstate_member,
    restore,
    suspend_member,
    take_warning_back,
    unmute_member,
    warn_member,
)
from communities.safety.models import Act
from tests.desk import brand, browser, root, rows_of_everything


@pytest.fixture
def acts(publish, insider: User, seen_by, owner: User) -> list[Act]:
    """One of each verb there is."""
    post, member, viewer = publish("Loud"), Member.objects.get(user=insider), seen_by(owner)
    warning = warn_member(viewer, member=member, words="Please ask first.", about=post)
    return [
        hide(viewer, obj=post, reason="An advert."),
        restore(viewer, obj=post, reason="It was none."),
        suspend_member(viewer, member=member, reason="Spam."),
        reinstate_member(viewer, member=member, reason="Sorry."),
        mute_member(viewer, member=member, reason="Sleep over it.", until=timezone.now() + dt.timedelta(hours=8)),
        unmute_member(viewer, member=member, reason="We talked."),
        warning,
        take_warning_back(viewer, warning=warning, reason="We misread it."),
        dismiss(viewer, obj=post, reason="It is a quotation."),
    ]


def test_every_verb_of_the_log_is_covered_here(acts: list[Act]) -> None:
    assert {act.verb for act in acts} == set(Act.Verb.values)


def test_each_entry_says_who_what_when_why_before_and_after(acts: list[Act]) -> None:
    client = browser(brand("watch", "moderator"))
    for act in acts:
        page = client.get(f"/admin/safety/act/{act.pk}/change/").content.decode()
        assert "Owner" in page and act.get_verb_display() in page and act.reason in page
        for values in (act.before, act.after):
            assert next(iter(values)) in page


@pytest.mark.parametrize("who", ["moderator", "manager", "root"])
def test_nobody_edits_or_deletes_an_entry(acts: list[Act], who: str) -> None:
    client = browser(root() if who == "root" else brand("some", who))
    rows = {"safety/act": acts[0].pk, "activity/activity": Activity.objects.first().pk}
    before = rows_of_everything()
    for place, pk in rows.items():
        forged = {"reason": "nothing happened", "verb": "restored", "post": "yes"}
        for page in (f"{pk}/change", f"{pk}/delete", "add"):
            assert client.post(f"/admin/{place}/{page}/", forged).status_code == 403
        chosen = {"action": "delete_selected", "_selected_action": [pk], "post": "yes"}
        assert client.post(f"/admin/{place}/", chosen).status_code == 403
    assert rows_of_everything() == before


def test_the_rows_themselves_refuse_too(acts: list[Act]) -> None:
    with pytest.raises(TypeError):
        acts[0].save()
    with pytest.raises(TypeError):
        acts[0].delete()
    with pytest.raises(TypeError):
        Activity.objects.all().delete()
    with pytest.raises(TypeError):
        Activity.objects.first().delete()


def test_the_log_is_searched_and_filtered(acts: list[Act]) -> None:
    client = browser(root())
    assert [row.pk for row in client.get("/admin/safety/act/", {"q": "advert"}).context["cl"].result_list] == [
        acts[0].pk
    ]
    found = client.get("/admin/safety/act/", {"verb__exact": "suspended"}).context["cl"].result_list
    assert [row.pk for row in found] == [acts[2].pk]
    ledger = client.get("/admin/activity/activity/", {"verb": "safety.hidden"}).context["cl"].result_list
    assert [row.verb for row in ledger] == ["safety.hidden"]


def test_an_account_that_moderated_leaves_its_lines(acts: list[Act], owner: User) -> None:
    """D09: shutting out keeps the log whole; deleting such an account is impossible."""
    User.objects.filter(pk=owner.pk).update(is_active=False)
    page = browser(root()).get("/admin/safety/act/")
    assert [row.actor.name for row in page.context["cl"].result_list] == ["Owner"] * len(acts)
    from django.db.models import ProtectedError

    with pytest.raises(ProtectedError):
        owner.delete()


def test_the_last_warning_is_taken_back_at_the_desk_while_one_stands(insider: User, seen_by, owner: User) -> None:
    member, client = Member.objects.get(user=insider), browser(brand("watch", "moderator"))
    page = f"/admin/members/member/{member.pk}/"
    assert "Take the last warning back" not in client.get(f"{page}change/").content.decode()
    first = warn_member(seen_by(owner), member=member, words="Once.")
    last = warn_member(seen_by(owner), member=member, words="Twice.")
    assert "Take the last warning back" in client.get(f"{page}change/").content.decode()
    assert client.post(f"{page}act/unwarn/", {"reason": "We misread it."}).status_code == 302
    assert [act.undoes for act in Act.objects.filter(verb="unwarned")] == [last]
    assert not hasattr(Act.objects.get(pk=first.pk), "undone_by")
    client.post(f"{page}act/unwarn/", {"reason": "This one too."})
    assert "No warning stands any more." in client.post(f"{page}act/unwarn/", {"reason": "x"}).content.decode()
