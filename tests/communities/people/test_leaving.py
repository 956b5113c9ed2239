"""Closing an account: asked for, thought over for a week, taken back with one click, or done for good (R86, H04, D09)."""

import datetime as dt
import re
from pathlib import Path
from typing import Any

import pytest
import time_machine
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.db import connection
from django.http import Http404
from django.test import Client, TestCase
from django.utils import timezone

from communities.access.models import Block
from communities.access.things import thing
from communities.access.viewer import viewer_for
from communities.activity.models import Activity
from communities.comments.actions import edit_comment, write_comment
from communities.comments.models import Comment, Follow, Mention, Quote, Revision, Thread
from communities.comments.quoting import quote_of
from communities.files.actions import make_sizes, take_file, take_image
from communities.files.models import File
from communities.mail.actions import send_due
from communities.mail.models import Mail, Suppression
from communities.members.models import Invitation, JoinRequest, Member, Role, RungSource, Visit
from communities.notifications.models import Notification, Preference
from communities.people.exporting import ask_export, pack_due
from communities.people.leaving import ask_closing, close_due, stay
from communities.people.models import Arrival, Closing, OldHandle, Profile, User
from communities.people.portable import erasers
from communities.reactions.models import Reaction
from communities.safety.actions import hide
from communities.safety.models import Act, Mute, Report
from content.posts.actions import publish_post, save_draft, set_bylines, set_tags, start_draft
from content.posts.models import Byline, Imported, OldPath, Post, Tag
from content.search.models import Entry
from tests.communities.people.leaving_cast import WORD, confirmed, just_asked, posted, signed_in
from tests.matrix import picture

pytestmark = pytest.mark.django_db
WEEK = dt.timedelta(days=7, seconds=1)


def closed() -> int:
    """What the worker does when a week is over: closes, and sends what there is to send."""
    with time_machine.travel(timezone.now() + WEEK):
        with TestCase.captureOnCommitCallbacks(execute=True):
            done = close_due()
        send_due()
    return done


def left(user: User, how: str = "erase") -> User:
    """This person asked to leave, and a week went by."""
    ask_closing(user, how=how)
    assert closed() == 1
    user.refresh_from_db()
    return user


def everywhere(word: str) -> list[str]:
    """Where a word stands in the database, table by table in every column, and in the folder of files, names and bytes."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            names = [column[0] for column in cursor.description]
            for row in cursor.fetchall():
                found += [
                    f"{table}.{name}"
                    for name, value in zip(names, row, strict=True)
                    if word.lower() in str(value).lower()
                ]
    for path in Path(settings.MEDIA_ROOT).rglob("*"):
        if word in path.name or (path.is_file() and word.encode() in path.read_bytes()):
            found.append(str(path))
    return sorted(set(found))


def but_for_the_index(word: str) -> list[str]:
    """Everywhere, without the index of the one text that says something like it still."""
    assert [row.text for row in Entry.objects.filter(text__icontains=word)] == ["Ask @gone or @gone, not @zanzibars"]
    assert not Entry.objects.filter(head__icontains=word).exists()
    return [place for place in everywhere(word) if not place.startswith("search_")]


def test_it_says_plainly_what_happens_and_asks_for_the_password(demo, member) -> None:
    browser = signed_in(confirmed(member))
    page = browser.get("/me/leave/").content.decode()
    for words in ("You have 7 days to think it over.", "Keep it, without my name", "Erase it as well", "Counts stay"):
        assert words in page
    answer = browser.post("/me/leave/", {"how": "erase"})
    assert (answer.status_code, answer["Location"]) == (302, "/accounts/reauthenticate/?next=%2Fme%2Fleave%2F")
    assert not Closing.objects.exists()
    wrong = browser.post("/accounts/reauthenticate/", {"password": "not it", "next": "/me/leave/"})
    assert wrong.status_code == 200 and not Closing.objects.exists()
    right = browser.post("/accounts/reauthenticate/", {"password": WORD, "next": "/me/leave/"})
    assert (right.status_code, right["Location"]) == (302, "/me/leave/")
    closing = Closing.objects.get()
    assert (closing.user, closing.how, closing.due_at - closing.asked_at) == (member, "erase", dt.timedelta(days=7))
    mail = Mail.objects.get(kind="account_closing")
    assert (mail.to, "/me/leave/" in mail.text, "erase what I wrote as well" in mail.text) == (member.email, True, True)


def test_without_a_choice_nothing_happens_and_it_is_said(demo, member) -> None:
    browser = just_asked(confirmed(member))
    for form in ({}, {"how": "quietly"}):
        page = browser.post("/me/leave/", form).content.decode()
        assert 'id="id_how_error"' in page
    assert not Closing.objects.exists()


def test_one_sign_in_and_one_click_take_it_back(demo, member) -> None:
    ask_closing(confirmed(member), how="erase")
    with time_machine.travel(timezone.now() + dt.timedelta(days=6, hours=23)):
        assert close_due() == 0
        browser = signed_in(member)
        page = browser.get("/me/").content.decode()
        assert "You are about to leave" in page and 'action="/me/stay/"' in page
        assert browser.post("/me/stay/")["Location"] == "/me/"
        assert "You are about to leave" not in browser.get("/me/").content.decode()
    with time_machine.travel(timezone.now() + WEEK):
        assert close_due() == 0
    member.refresh_from_db()
    assert (member.is_active, member.left_at, str(member)) == (True, None, "Member")
    verbs = list(Activity.objects.filter(verb__startswith="account.").values_list("verb", flat=True))
    assert verbs == ["account.closing", "account.stayed"]
    assert not Activity.objects.filter(verb="member.left").exists()


def test_who_asks_again_changes_the_choice_and_not_the_day(demo, member) -> None:
    first = ask_closing(confirmed(member), how="erase")
    with time_machine.travel(timezone.now() + dt.timedelta(days=3)):
        second = ask_closing(member, how="anonymise")
    assert (second.due_at, second.how) == (first.due_at, "anonymise")
    assert Mail.objects.count() == 1


def test_the_last_owner_hands_over_first(demo, owner, member, client_of) -> None:
    browser = client_of(owner)
    page = browser.get("/me/leave/").content.decode()
    assert "You are the last owner of Demo. Make somebody else an owner first." in page
    assert 'href="/c/demo/studio/members/"' in page and 'name="how"' not in page
    assert "You are the last owner" in browser.post("/me/leave/", {"how": "erase"}).content.decode()
    with pytest.raises(ValidationError, match="last owner of Demo"):
        ask_closing(owner, how="erase")
    assert not Closing.objects.exists()
    Member.objects.filter(user=member).update(role=Role.OWNER)
    assert 'name="how"' in browser.get("/me/leave/").content.decode()


def test_of_two_owners_who_leave_at_once_one_is_told_to_hand_over(demo, owner, member, insider) -> None:
    Member.objects.filter(user=member).update(role=Role.OWNER)
    for user in (owner, member):
        ask_closing(confirmed(user), how="anonymise")
    with time_machine.travel(timezone.now() + WEEK):
        assert close_due() == 1
    stayed = User.objects.get(pk__in=[owner.pk, member.pk], is_active=True)
    assert Member.objects.get(user=stayed).role == Role.OWNER
    mail = Mail.objects.get(kind="closing_waits")
    assert mail.to == stayed.email and "You are the last owner of Demo." in mail.text
    with time_machine.travel(timezone.now() + WEEK + dt.timedelta(days=2)):
        assert close_due() == 0
        assert Mail.objects.filter(kind="closing_waits").count() == 1
    Member.objects.filter(user=insider).update(role=Role.OWNER)
    with time_machine.travel(timezone.now() + WEEK + dt.timedelta(days=4)):
        assert close_due() == 1


def test_an_owner_who_cannot_sign_in_is_no_owner_to_hand_over_to(demo, owner, member) -> None:
    Member.objects.filter(user=member).update(role=Role.OWNER)
    User.objects.filter(pk=member.pk).update(is_active=False)
    with pytest.raises(ValidationError, match="last owner"):
        ask_closing(owner, how="erase")


def test_afterwards_nobody_signs_in_and_the_address_is_free(demo, member) -> None:
    browser = signed_in(confirmed(member))
    address = member.email
    keys = list(UserSession.objects.values_list("session_key", flat=True))
    left(member)
    assert not Session.objects.filter(session_key__in=keys).exists()
    assert browser.get("/me/").status_code == 302
    said = []
    for login in (address, "nobody@test.example"):
        page = Client().post("/accounts/login/", {"login": login, "password": WORD}).content.decode()
        said.append(re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page).replace(login, "-"))
    assert said[0] == said[1] and 'role="alert"' in said[0]
    Client().post("/accounts/signup/", {"email": address, "password1": "another-long-word"})
    anew = User.objects.get(email=address)
    assert (anew.pk == member.pk, anew.memberships.count(), str(anew) == "Member") == (False, 0, False)


def test_the_goodbye_is_sent_and_then_forgotten(demo, member, mailoutbox) -> None:
    address = confirmed(member).email
    left(member)
    letters = [(letter.to, letter.subject) for letter in mailoutbox]
    assert letters[-1] == ([address], "Your account on Hearth is closed")
    assert everywhere(address) == []


def whole_life(user: User, other: User, demo: Any, publish: Any, viewer: Any) -> Post:
    """Something of everything that a person can leave behind here, each with the word zanzibar in it."""
    User.objects.filter(pk=user.pk).update(
        name="Zanzibar Lind", handle="zanzibar", bio="zanzibar", timezone="Asia/Tokyo"
    )
    user.refresh_from_db()
    user.email = "zanzibar@test.example"
    confirmed(user)
    Profile.objects.create(user=user, work="zanzibar", website="https://zanzibar.example/")
    OldHandle.objects.create(user=user, handle="zanzibar-old", shape="zanzibarold")
    Arrival.objects.create(user=user, landing="/zanzibar/")
    Authenticator.objects.create(user=user, type="webauthn", data={"name": "zanzibar's key"})
    Suppression.objects.create(email=user.email, reason="bounced")
    signed_in(user)
    ask_export(user)
    pack_due()
    upload = {"community": demo, "uploader": user, "parent_kind": "post"}
    post = posted(
        publish, user, "Zanzibar", teaser="zanzibar", source="zanzibar", kind="lesson", details={"needs": "zanzibar"}
    )
    shot = take_image(**upload, parent_id=post.pk, upload=picture(), name="zanzibar.png", alt="zanzibar")
    take_file(**upload, parent_id=post.pk, upload=b"zanzibar", name="zanzibar.txt")
    make_sizes()
    Post.objects.filter(pk=post.pk).update(cover=shot)
    set_tags(post, ["zanzibar"])
    set_bylines(post, [("Zanzibar Lind", None)])
    OldPath.objects.create(community=demo, path="2020/zanzibar", post=post)
    Imported.objects.create(community=demo, path="zanzibar.md", digest="x", post=post)
    save_draft(viewer(user), post=post, rev=Post.objects.get(pk=post.pk).rev, title="zanzibar again", source="zanzibar")
    start_draft(viewer(user), space=post.space, title="zanzibar draft", source="zanzibar", typed={"tags": "zanzibar"})
    theirs = publish("Of the house")
    set_bylines(theirs, [("Owner", None), ("Zanzibar Lind", user.pk)])
    thread = Thread.objects.create(community=demo, kind="post", object_id=theirs.pk, count=3, last=3)
    said = {"community": demo, "thread": thread}
    mine = Comment.objects.create(**said, author=user, number=1, root=1, source="zanzibar", html="<p>zanzibar</p>")
    Revision.objects.create(comment=mine, source="zanzibar before")
    Mention.objects.create(kind="comment", object_id=mine.pk, user=other)
    call = '<p>Ask <a href="/people/zanzibar/">@zanzibar</a> or @zanzibar-old, not @zanzibars</p>'
    answer = Comment.objects.create(
        **said, author=other, number=2, root=1, answers=mine, source="Ask @Zanzibar!", html=call
    )
    Revision.objects.create(comment=answer, source="ask @zanzibar")
    Mention.objects.create(kind="comment", object_id=answer.pk, user=user)
    Comment.objects.create(**said, author=other, number=3, root=3, source="Another", html="<p>Another</p>")
    Follow.objects.create(thread=thread, user=user)
    about = {"community": demo, "kind": "post", "object_id": theirs.pk}
    Reaction.objects.create(**about, user=user, emoji="👏")
    Report.objects.create(**about, reporter=user, reason="spam", note="zanzibar", outcome="Thank you, zanzibar.")
    Mute.objects.create(user=user, kind="user", object_id=other.pk)
    Block.objects.create(user=user, blocked=other)
    Block.objects.create(user=other, blocked=user)
    seat = Member.objects.get(user=user, community=demo)
    Member.objects.filter(pk=seat.pk).update(title="zanzibar")
    RungSource.objects.create(member=seat, source="hand", ref="hand", level=20, reason="zanzibar helps")
    Visit.objects.create(member=seat, day="2026-11-20")
    Invitation.objects.create(community=demo, creator=user, label="zanzibar's friends")
    JoinRequest.objects.create(
        community=demo, user=user, state="approved", answers=[["Why?", "zanzibar"]], note="Hi zanzibar"
    )
    Notification.objects.create(user=user, community=demo, kind="x", key="1", actor=other)
    Notification.objects.create(user=other, community=demo, kind="x", key="1", actor=user)
    Preference.objects.create(user=user, kind="", channel="mail", on=False)
    Mail.objects.create(
        user=other, to=other.email, kind="x", subject="Zanzibar Lind answered you", message_id="<9>", state="sent"
    )
    Mail.objects.create(to="Zanzibar@test.example", kind="x", subject="x", message_id="<8>", state="sent")
    kind = {"content_type_id": _content_type(User), "object_id": str(user.pk), "action_flag": 2}
    message = '[{"changed": {"fields": ["x"]}, "changes": [["Name", "zanzibar", "Zanzibar Lind"]], "why": "asked to"}]'
    LogEntry.objects.create(user=other, object_repr="Zanzibar Lind", change_message=message, **kind)
    return post


def _content_type(model: Any) -> int:
    return ContentType.objects.get_for_model(model).pk


def test_erased_nothing_personal_remains_in_any_table_or_file(demo, member, insider, publish, seen_by) -> None:
    whole_life(member, insider, demo, publish, seen_by)
    assert len(everywhere("zanzibar")) > 40
    ledger = list(Activity.objects.order_by("pk").values_list())
    left(member)
    assert but_for_the_index("zanzibar") == ["comments_comment.html"]  # “@zanzibars” is somebody else
    assert list(Activity.objects.order_by("pk").values_list())[: len(ledger)] == ledger
    assert not File.objects.filter(uploader=member).exists()
    assert not list(Path(settings.MEDIA_ROOT, "files").rglob("*.*"))
    assert (member.handle[:5], member.email[-13:], str(member), member.face_seed) == (
        "gone-",
        "@gone.invalid",
        "Somebody who left",
        0,
    )
    for model in (Profile, OldHandle, Arrival, Authenticator, UserSession, EmailAddress, Follow, Preference, Mute):
        assert not model._default_manager.filter(user=member).exists(), model
    assert Block.objects.get().user == insider  # whom others block stays theirs
    assert Visit.objects.filter(member__user=member).count() == 1


def test_tombstones_keep_a_thread_in_shape(demo, member, insider, publish, seen_by) -> None:
    whole_life(member, insider, demo, publish, seen_by)
    left(member)
    rows = list(Comment.objects.order_by("number").values_list("number", "root", "state", "source"))
    assert rows == [(1, 1, "removed", ""), (2, 1, "published", "Ask @gone!"), (3, 3, "published", "Another")]
    assert "Ask @gone or @gone, not @zanzibars" in Comment.objects.get(number=2).html
    assert Comment.objects.get(number=2).answers.number == 1
    thread = Thread.objects.get()
    assert (thread.count, thread.last) == (2, 3)
    assert not Reaction.objects.exists() and not Tag.objects.exists()
    assert list(Byline.objects.values_list("name", flat=True)) == ["Owner"]


def said(user: User, post: Post, body: str, answers: Comment | None = None) -> Comment:
    viewer = viewer_for(user, post.community)
    about = thing(Post.KIND, post.pk, viewer)
    assert about is not None
    return write_comment(viewer, place=post.community, about=about, body=body, answers=answers)


@pytest.mark.parametrize("how", ["erase", "anonymise"])
def test_the_name_goes_from_where_others_called_and_quoted_them(demo, member, insider, publish, client_of, how) -> None:
    User.objects.filter(pk=member.pk).update(name="Zanzibar [Lind]", handle="zanzibar")
    member.refresh_from_db()
    post = publish("A post")
    first = said(member, post, "Slow is smooth. So says @zanzibar.")
    other = said(insider, post, "Mine.")
    quote = quote_of(first) + quote_of(other)
    answer = said(
        insider, post, f"{quote} Well said, @zanzibar! And [this](/c/demo/comments/{first.pk}/).", answers=first
    )
    page = client_of(insider).get(post.url).content.decode()
    assert "Zanzibar" in page and "/people/zanzibar/" in page
    left(member, how)
    answer.refresh_from_db()
    assert f"> [@gone](/c/demo/comments/{first.pk}/)" in answer.source
    assert f"> [Insider wrote](/c/demo/comments/{other.pk}/)" in answer.source
    assert "Well said, @gone!" in answer.source and "Well said, @gone!" in answer.html
    assert answer.edited_at is None
    page = client_of(insider).get(post.url).content.decode()
    assert "zanzibar" not in page.lower()
    stayed = Comment.objects.get(pk=first.pk).source
    assert stayed == ("Slow is smooth. So says @gone." if how == "anonymise" else "")
    assert page.count("Slow is smooth.") == (2 if how == "anonymise" else 1)  # what others quoted is theirs
    assert everywhere("zanzibar") == []
    # Written anew it comes out the same.
    edited = answer.source + " Yes."
    viewer = viewer_for(insider, demo)
    edit_comment(viewer, comment=answer, about=thing(Post.KIND, post.pk, viewer), body=edited)
    answer.refresh_from_db()
    assert 'href="/c/demo/people/' not in answer.html


@pytest.mark.parametrize("how", ["erase", "anonymise"])
def test_the_name_goes_from_quotes_in_talk_where_they_never_wrote(
    demo, member, insider, circle, publish, monkeypatch, how
) -> None:
    """In steps, with the text as it was before an edit, and in whatever talk the quote was carried to."""
    User.objects.filter(pk=member.pk).update(name="Zanzibar Lind")
    member.refresh_from_db()
    here, elsewhere = publish("Here"), publish("Elsewhere")
    words = [said(member, here, f"Slow is smooth, {number}.") for number in range(3)]
    for row in words:
        row.author = member
    carried = [said(insider, elsewhere, f"{quote_of(row)} So true.") for row in words]
    both = said(circle, elsewhere, quote_of(words[0]) + quote_of(words[1]))
    viewer = viewer_for(circle, demo)
    about = thing(Post.KIND, elsewhere.pk, viewer)
    assert about is not None
    edit_comment(viewer, comment=both, about=about, body="Never mind.")
    assert everywhere("Zanzibar Lind") != []
    monkeypatch.setattr("communities.comments.portable.BATCH", 2)
    left(member, how)
    assert everywhere("Zanzibar Lind") == []
    for row, text in zip(words, carried, strict=True):
        text.refresh_from_db()
        assert text.source.startswith(f"> [@gone](/c/demo/comments/{row.pk}/)")
        assert "@gone</a>" in text.html and "So true." in text.html
    assert not Quote.objects.exists()


def test_anonymised_the_words_stay_and_the_name_goes(demo, member, insider, publish, seen_by, client_of) -> None:
    post = whole_life(member, insider, demo, publish, seen_by)
    before = client_of(insider).get(post.url).content.decode()
    assert "Zanzibar Lind" in before
    left(member, "anonymise")
    post.refresh_from_db()
    assert (post.title, post.source, post.state, post.working) == ("Zanzibar", "zanzibar", "published", None)
    assert File.objects.filter(uploader=member).count() == 2
    assert Comment.objects.get(number=1).source == "zanzibar"
    assert Reaction.objects.count() == 1
    assert not Revision.objects.filter(comment__author=member).exists()
    assert not Post.objects.filter(title="zanzibar draft").exists()
    assert everywhere("Zanzibar Lind") == []
    assert everywhere("zanzibar@test") == everywhere("zanzibar-old") == everywhere("zanzibar helps") == []
    page = client_of(insider).get(post.url).content.decode()
    assert "Zanzibar Lind" not in page and "Somebody who left" in page


def test_public_pages_that_were_kept_lose_the_name_at_once(demo, member, insider, publish) -> None:
    User.objects.filter(pk=member.pk).update(name="Zanzibar Lind")
    post = posted(publish, User.objects.get(pk=member.pk), "A post")
    addresses = (post.url, "/c/demo/", "/", "/c/demo/atom.xml")
    for address in addresses[:3]:
        assert "Zanzibar Lind" in Client().get(address).content.decode(), address
    left(member, "anonymise")
    for address in addresses:
        assert "Zanzibar Lind" not in Client().get(address).content.decode(), address


def test_a_moderator_who_leaves_keeps_their_acts_under_the_tombstone(
    demo, owner, moderator, staff, publish, seen_by
) -> None:
    post = publish("Loud")
    act = hide(seen_by(moderator), obj=post, reason="Too loud.")
    entry = LogEntry.objects.create(
        user=staff, content_type_id=_content_type(Post), object_id=str(post.pk), object_repr="Loud", action_flag=2
    )
    for user in (moderator, staff):
        left(user)
    kept = Act.objects.get(pk=act.pk)
    assert (kept.actor, kept.reason, str(kept.actor)) == (moderator, "Too loud.", "Somebody who left")
    assert LogEntry.objects.get(pk=entry.pk).user == staff
    staff.refresh_from_db()
    assert (staff.is_staff, staff.groups.count(), Member.objects.get(user=moderator).role) == (False, 0, "member")
    post.refresh_from_db()
    assert post.state == "hidden"


@pytest.mark.parametrize("place", range(len(erasers()) + 1))
def test_whoever_is_killed_in_the_middle_goes_on_and_comes_to_the_same_end(
    demo, member, insider, publish, seen_by, monkeypatch, place: int
) -> None:
    whole_life(member, insider, demo, publish, seen_by)
    ask_closing(member, how="erase")
    names = erasers()

    def killed(_thing: Any) -> bool:
        raise RuntimeError("killed")

    with monkeypatch.context() as patch:
        if place < len(names):
            cut = [(name, killed if at == place else bite) for at, (name, bite) in enumerate(names)]
            patch.setattr("communities.people.leaving.erasers", lambda: cut)
        else:
            patch.setattr("communities.people.leaving.become_tombstone", killed)
        assert closed() == 0
        member.refresh_from_db()
        assert not member.is_active
        with pytest.raises(ValidationError):
            stay(member)
    Closing.objects.update(next_at=timezone.now())
    assert (closed(), closed()) == (1, 0)
    assert but_for_the_index("zanzibar") == ["comments_comment.html"]
    assert Activity.objects.filter(verb="account.closed").count() == 1
    assert Activity.objects.filter(verb="member.left").count() == 1


class Clock:
    """Stands still for a look at what is due, then the time is up."""

    def __init__(self) -> None:
        self.looks = 0

    def monotonic(self) -> float:
        self.looks += 1
        return 0.0 if self.looks % 3 else 1.0


def test_a_long_life_is_erased_bite_by_bite_within_the_time_of_a_run(demo, member, publish, monkeypatch) -> None:
    for n in range(7):
        posted(publish, member, f"Zanzibar {n}")
    ask_closing(member, how="erase")
    monkeypatch.setattr("content.posts.portable.BATCH", 2)
    monkeypatch.setattr("communities.people.leaving.BUDGET", 0.0)
    monkeypatch.setattr("communities.people.leaving.time", Clock())
    left_over = []
    while Closing.objects.filter(done_at__isnull=True).exists():
        closed()
        left_over.append(Post.objects.filter(title__startswith="Zanzibar").count())
    assert left_over[:4] == [5, 3, 1, 0]
    assert everywhere("Zanzibar") == []


def test_publishing_again_does_not_bring_an_erased_post_back(demo, member, publish, seen_by) -> None:
    post = posted(publish, member, "Zanzibar")
    viewer = seen_by(member)
    left(member)
    with pytest.raises(Http404):
        publish_post(viewer, post=Post.objects.get(pk=post.pk))
