"""Rights that one does not have: borrowed eyes, others' communities, others' names, and acts that a stale row undid."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.test import Client

from communities.access.models import State
from communities.access.viewer import viewer_for
from communities.members.actions import end_rung, grant_rung, set_role
from communities.members.models import Member
from communities.safety.actions import hide, restore, suspend_member
from communities.spaces.actions import change_community, save_rung, save_space
from communities.spaces.models import Community, Rung, Space
from content.posts.actions import edit_post, publish_post, remove_post, save_draft, start_draft
from content.posts.models import Post
from tests.content.posts.drafts import written

pytestmark = pytest.mark.django_db
Browsers = Callable[[Any], Client]


def test_a_preview_shows_no_more_than_its_writer_may_know(
    demo: Community, member: Any, insider: Any, publish: Callable[..., Post], client_of: Browsers
) -> None:
    """A12: the page around the preview names neighbours and spaces of the step whose eyes were borrowed."""
    publish("CANARY of the table", space="table", rung=30)
    browser = client_of(member)
    url = browser.post("/c/demo/write/save/", written(space="bench")).json()["url"]
    for eyes in ("insider", "circle"):
        for page in ("preview/", "preview/raw/"):
            assert browser.get(f"{url}{page}?as={eyes}").status_code == 404
    for eyes in ("visitor", "members"):
        shown = browser.get(f"{url}preview/raw/?as={eyes}")
        assert shown.status_code == 200
        assert b"CANARY" not in shown.content
        assert b"The table" not in shown.content
    frame = browser.get(f"{url}preview/").content
    assert b"as=members" in frame
    assert b"as=circle" not in frame


@pytest.mark.parametrize("act", [edit_post, publish_post])
def test_who_edits_does_not_bring_back_what_was_hidden_or_removed_meanwhile(
    demo: Community, owner: Any, moderator: Any, member: Any, publish: Callable[..., Post], act: Any
) -> None:
    """D04: the writer's page had been read before the moderator's act; saving the whole row took the act back."""
    for undo, state in ((hide, State.HIDDEN), (remove_post, State.REMOVED)):
        post = publish("On the bench", space="bench", author=member)
        stale = Post.objects.select_related("space", "community").get(pk=post.pk)
        if undo is hide:
            hide(viewer_for(moderator, demo), obj=post, reason="spam")
        else:
            remove_post(viewer_for(owner, demo), post=post)
        stale.title = "Once more"
        with suppress(PermissionDenied, ValidationError, Http404):
            act(viewer_for(member, demo), post=stale)
        assert Post.objects.get(pk=post.pk).state == state


def test_a_member_signs_beside_others_never_in_their_place(
    demo: Community, owner: Any, member: Any, client_of: Browsers
) -> None:
    client_of(member).post("/c/demo/write/", written(space="bench", bylines="@owner, The Founder"))
    assert list(Post.objects.get().bylines.values_list("name", "user_id")) == [
        ("Member", member.pk),
        ("Owner", owner.pk),
        ("The Founder", None),
    ]


def test_the_team_signs_for_others(demo: Community, owner: Any, client_of: Browsers) -> None:
    client_of(owner).post("/c/demo/write/", written(bylines="A guest"))
    assert list(Post.objects.get().bylines.values_list("name", flat=True)) == ["A guest"]


def test_no_action_reaches_into_another_community(
    demo: Community, maker: Any, member: Any, journal: Space, publish: Callable[..., Post]
) -> None:
    """D04: the owner of one community before everything that stands in another."""
    stranger = viewer_for(maker, Community.objects.get(slug="atelier"))
    post, row = publish("Open"), Member.objects.get(user=member)
    refused = (PermissionDenied, Http404)
    rung = Rung.objects.get(community=demo, level=20)
    rung.name = journal.name = "TAKEN"
    for act in (
        lambda: change_community(stranger, community=demo, name="TAKEN"),
        lambda: save_space(stranger, space=journal),
        lambda: save_rung(stranger, rung=rung),
        lambda: start_draft(stranger, space=journal, title="TAKEN"),
        lambda: save_draft(stranger, post=post, rev=post.rev, title="TAKEN"),
        lambda: edit_post(stranger, post=post, title="TAKEN"),
        lambda: publish_post(stranger, post=post, rung=30),
        lambda: remove_post(stranger, post=post),
        lambda: hide(stranger, obj=post, reason="TAKEN"),
        lambda: restore(stranger, obj=post, reason="TAKEN"),
        lambda: suspend_member(stranger, member=row, reason="TAKEN"),
        lambda: grant_rung(stranger, member=row, level=30, reason="TAKEN"),
        lambda: end_rung(stranger, member=row),
        lambda: set_role(stranger, member=row, role="owner"),
    ):
        with pytest.raises(refused):
            act()
    fresh = Post.objects.get(pk=post.pk)
    assert (fresh.title, fresh.rung, fresh.state) == ("Open", 0, State.PUBLISHED)
    assert (Member.objects.get(pk=row.pk).role, Member.objects.get(pk=row.pk).standing) == ("member", "member")
    assert "TAKEN" not in {Community.objects.get(pk=demo.pk).name, *Space.objects.values_list("name", flat=True)}
    assert "TAKEN" not in Rung.objects.values_list("name", flat=True)
