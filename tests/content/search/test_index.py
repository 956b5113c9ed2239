"""What stands in the index: said once, changed at once, gone at once, whatever happens at the same moment."""

import datetime as dt
from threading import Barrier, Thread
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from communities.access.things import thing
from communities.access.viewer import viewer_for
from communities.activity.actions import deliver_due
from communities.comments.actions import edit_comment, remove_comment, write_comment
from communities.comments.models import Comment
from communities.discussion.actions import edit_message, remove_message, write_message
from communities.discussion.models import Message, Room
from communities.discussion.rooms import close_room
from communities.members.models import Member
from communities.members.seats import leave_community
from communities.people.profile import change_profile
from communities.people.tombstone import become_tombstone
from communities.safety.actions import hide, restore
from communities.spaces.models import Community
from content.posts.actions import edit_post, erase_post, remove_post, set_tags, unpublish_post
from content.search.actions import index, reindex
from content.search.engine import floor_of, key_of
from content.search.models import Entry
from tests.content.search.conftest import Found

pytestmark = pytest.mark.django_db


def comment_on(post: Any, user: Any, body: str) -> Comment:
    viewer = viewer_for(user, post.community)
    about = thing("post", post.pk, viewer)
    assert about is not None
    return write_comment(viewer, place=post.community, about=about, body=body)


def say(room: Room, user: Any, body: str) -> Message:
    return write_message(viewer_for(user, room.community), room=room, body=body)


def test_a_post_is_found_from_its_publishing_to_its_end(publish: Any, found: Found, seen_by: Any, owner: Any) -> None:
    post = publish("Teal drums", source="Soy ink.", teaser="Of teal")
    assert found(owner, "teal soy") == {f"post {post.pk}"}
    edit_post(seen_by(owner), post=post, title="Coral drums", source="Rice ink.", teaser="")
    assert (found(owner, "teal"), found(owner, "soy"), found(owner, "coral rice")) == (
        set(),
        set(),
        {f"post {post.pk}"},
    )
    set_tags(post, ["riso"])
    assert found(owner, "#riso") == {f"post {post.pk}"}
    hide(seen_by(owner), obj=post, reason="Loud.")
    restore(seen_by(owner), obj=post, reason="Not so loud.")
    assert found(owner, "coral") == {f"post {post.pk}"}
    unpublish_post(seen_by(owner), post=post)
    assert (found(owner, "coral"), Entry.objects.count()) == (set(), 1)  # the owner themselves


def test_removing_and_erasing_a_post_takes_its_words_out(publish: Any, seen_by: Any, owner: Any) -> None:
    removed, erased = publish("Removed"), publish("Erased")
    remove_post(seen_by(owner), post=removed)
    erase_post(erased)
    assert not Entry.objects.filter(kind="post").exists()


def test_a_scheduled_post_is_found_by_the_team_until_it_opens(
    publish: Any, found: Found, owner: Any, member: Any, time_machine: Any
) -> None:
    now = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)
    time_machine.move_to(now, tick=False)
    post = publish("Later", opens_at=now + dt.timedelta(hours=1))
    assert (found(owner, "later"), found(member, "later")) == ({f"post {post.pk}"}, set())
    time_machine.move_to(now + dt.timedelta(hours=1), tick=False)
    assert found(member, "later") == {f"post {post.pk}"}


def test_a_comment_and_a_message_change_and_go_in_the_same_moment(
    publish: Any, room: Room, found: Found, seen_by: Any, member: Any
) -> None:
    post = publish("A post")
    comment, message = comment_on(post, member, "Teal here"), say(room, member, "Teal there")
    assert found(member, "teal") == {f"comment {comment.pk}", f"message {message.pk}"}
    about = thing("post", post.pk, seen_by(member))
    assert about is not None
    edit_comment(seen_by(member), comment=comment, about=about, body="Coral here")
    edit_message(seen_by(member), message=message, body="Coral there")
    assert (found(member, "teal"), len(found(member, "coral"))) == (set(), 2)
    remove_comment(seen_by(member), comment=comment)
    remove_message(seen_by(member), message=message)
    assert not Entry.objects.filter(kind__in=["comment", "message"]).exists()


def test_what_comes_late_to_the_worker_says_what_stands_then(
    room: Room, seen_by: Any, member: Any, found: Found
) -> None:
    message = say(room, member, "Teal")
    remove_message(seen_by(member), message=message)
    assert (found(member, "teal"), Entry.objects.filter(kind="message").count()) == (set(), 0)


def test_a_closed_room_and_a_blocked_voice_are_found_no_more(
    room: Room, found: Found, seen_by: Any, owner: Any, member: Any, insider: Any
) -> None:
    say(room, insider, "Teal")
    assert len(found(member, "teal")) == 1
    member.blocks.create(blocked=insider)
    assert (found(member, "teal"), found(member, "insider")) == (set(), set())
    close_room(seen_by(owner), room=room)
    assert found(owner, "teal") == set()


def test_where_rooms_are_off_nothing_said_in_them_is_found(
    room: Room, found: Found, demo: Community, member: Any
) -> None:
    say(room, member, "Teal")
    assert len(found(member, "teal")) == 1
    demo.modules = ["rooms"]
    demo.save()
    assert found(member, "teal") == set()


def test_people_are_found_by_what_they_show_and_as_long_as_they_are_here(
    found: Found, demo: Community, member: Any, insider: Any, owner: Any, visitor: Any, outsider: Any
) -> None:
    change_profile(insider, name="Nora Lind", words={"place": "Lisbon", "work": "Bookbinder"}, seen_by={"work": "team"})
    seat = Member.objects.get(user=insider)
    mine = {f"member {seat.pk}"}
    assert [found(member, typed) for typed in ("nora", "insider", "lisbon", "bookbinder")] == [mine, mine, mine, set()]
    assert found(owner, "nora bookbinder") == mine
    assert [found(who, "nora") for who in (visitor, outsider)] == [set(), set()]
    Member.objects.filter(pk=seat.pk).update(listed=False)
    assert found(owner, "nora") == set()
    Member.objects.filter(pk=seat.pk).update(listed=True)
    leave_community(viewer_for(insider, demo), community=demo)
    assert (found(owner, "nora"), Entry.objects.filter(kind="member", object_id=seat.pk).count()) == (set(), 0)


def test_a_closed_account_leaves_no_name_behind(found: Found, member: Any, owner: Any) -> None:
    change_profile(member, name="Nora Lind")
    assert len(found(owner, "nora")) == 1
    with transaction.atomic():
        become_tombstone(member)
    assert not Entry.objects.filter(head__contains="Nora").exists()


def test_indexing_again_changes_nothing(publish: Any, room: Room, member: Any, found: Found) -> None:
    post = publish("Teal drums")
    say(room, member, "Teal there")
    before = found(member, "teal")
    for _time in range(2):
        index("post", [post.pk])
        call_command("search_reindex", verbosity=0)
    assert found(member, "teal") == before and len(before) == 2
    assert index("nonsense", [1]) == 0


def test_reindexing_mends_whatever_is_amiss(publish: Any, room: Room, member: Any, found: Found) -> None:
    post, message = publish("Teal drums"), say(room, member, "Teal there")
    found(member, "teal")
    Entry.objects.filter(kind="post").delete()
    Entry.objects.create(id=5, community=room.community, kind="message", object_id=987654, at=timezone.now())
    done = {known.kind: many for known, many in reindex()}
    assert done == {"post": 1, "comment": 0, "message": 1, "member": Member.objects.count()}
    assert found(member, "teal") == {f"post {post.pk}", f"message {message.pk}"}
    assert not Entry.objects.filter(object_id=987654).exists()


def test_no_date_is_too_far_for_a_key() -> None:
    moments = [dt.datetime(year, 1, 1, tzinfo=dt.UTC) for year in (1, 1000, 1969, 2026, 2200, 9999)]
    keys = [key_of(at, 10**15, 3) for at in moments]
    assert keys == sorted(keys) and all(-(2**63) <= key < 2**63 for key in keys)
    assert floor_of(moments[3]) <= keys[3] < floor_of(moments[3] + dt.timedelta(milliseconds=1))


@pytest.mark.django_db(transaction=True)
def test_what_is_erased_while_the_worker_writes_is_not_in_the_index(room: Room, seen_by: Any, member: Any) -> None:
    """Ten times a worker and its author at the same moment: whoever is later, no word stays."""
    messages = [say(room, member, f"Teal {number}") for number in range(10)]
    viewer, start = seen_by(member), Barrier(2)

    def write() -> None:
        for message in messages:
            start.wait()
            index("message", [message.pk])
        connection.close()

    def erase() -> None:
        for message in messages:
            start.wait()
            remove_message(viewer, message=message)
        connection.close()

    hands = [Thread(target=write), Thread(target=erase)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    assert not Entry.objects.filter(kind="message").exists()
    while deliver_due():
        pass
    assert not Entry.objects.filter(kind="message").exists()
