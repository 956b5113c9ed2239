"""Nobody else's in it, everything of one's own in it: the zip of each person of the access matrix, searched for canaries (A21)."""

import json
import re
import zipfile
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.apps import apps

from communities.access.models import Block
from communities.comments.models import Comment, Follow, Mention, Revision, Thread
from communities.files import store
from communities.mail.models import Mail
from communities.members.actions import found_community
from communities.members.models import Invitation, JoinRequest, Member, Seen, Standing
from communities.notifications.models import Notification
from communities.people.exporting import ask_export, pack_due
from communities.people.models import Arrival, Export, OldHandle, Profile, User
from communities.people.packing_words import WORDS
from communities.people.portable import not_personal, sections
from communities.reactions.models import Reaction
from communities.safety.models import Mute, Report
from communities.spaces.models import Community
from config.bootstrap import ROOT
from content.posts.models import Post
from tests.communities.people.leaving_cast import confirmed, signed_in
from tests.matrix import AUDIENCES, COMMENTS, EVERYBODY, LISTED_FIELDS, READABLE_FIELDS, House, canary
from tests.test_access_matrix import house as house

pytestmark = pytest.mark.django_db
AUTHORS = {**dict.fromkeys(AUDIENCES, "owner"), "bench-draft": "member", "hidden": "insider"}


def said_by(who: str, what: str) -> str:
    return f"CANARY-{what}-by-{who}-x9"


def busy(house: House, secret: Community) -> None:
    """Each of them did everything to each post, and was once in a place that they no longer know."""
    people = {who: user for who, user in house.people.items() if who != "visitor"}
    threads = {
        name: Thread.objects.get_or_create(kind=Post.KIND, object_id=post.pk, defaults={"community": house.place})[0]
        for name, post in house.posts.items()
    }
    for n, (who, user) in enumerate(people.items(), 1):
        seat = Member.objects.filter(user=user, community=house.place).first()
        gone = Member.objects.get_or_create(user=user, community=secret, defaults={"standing": Standing.LEFT})[0]
        if who != "maker":
            Member.objects.filter(pk=gone.pk).update(standing=Standing.LEFT, title=said_by(who, "old title"))
        JoinRequest.objects.create(
            community=secret,
            user=user,
            state="declined",
            answers=[["CANARY-secret-question", said_by(who, "answer")]],
            note="CANARY-secret-note",
        )
        Invitation.objects.create(community=house.place, creator=user, label=said_by(who, "label"))
        about_me = {"work": said_by(who, "work"), "seen_by": {"work": "me"}}
        Profile.objects.update_or_create(user=user, defaults=about_me)
        OldHandle.objects.create(user=user, handle=f"{who}-before", shape=f"{who}before")
        Arrival.objects.create(user=user, landing=said_by(who, "landing"))
        Mail.objects.create(user=user, to=user.email, kind="x", subject="CANARY-secret-subject", message_id=f"<{n}>")
        other = people["owner"] if who != "owner" else people["member"]
        Block.objects.create(user=user, blocked=other)
        Mute.objects.create(user=user, kind="user", object_id=other.pk)
        for at, (place, note) in enumerate(((house.place, "note"), (secret, "far note"))):
            about = {"kind": "post", "object_id": 1000 + at, "reason": "spam"}
            Report.objects.create(community=place, reporter=user, note=said_by(who, note), **about)
        for name, post in house.posts.items():
            about = {"kind": Post.KIND, "object_id": post.pk}
            Reaction.objects.create(community=house.place, user=user, emoji="👏", **about)
            if seat is not None:
                Seen.objects.create(member=seat, day="2026-11-20", **about)
            comment = Comment.objects.create(
                community=house.place,
                thread=threads[name],
                author=user,
                number=100 + n,
                root=100 + n,
                source=said_by(who, f"comment on {name}"),
            )
            Revision.objects.create(comment=comment, source=said_by(who, f"slip on {name}"))
            Mention.objects.create(kind="comment", object_id=comment.pk, user=other)
            Follow.objects.get_or_create(thread=threads[name], user=user)
            Notification.objects.create(
                user=user,
                community=house.place,
                kind="x",
                key=name,
                about_kind="post",
                about_id=post.pk,
                actor=other,
            )


def unpacked(user: User) -> bytes:
    """Every byte of the zip, names of files too."""
    export = ask_export(user)
    assert pack_due() == 1
    export.refresh_from_db()
    box = zipfile.ZipFile(store.place(export.path))
    return b"\n".join([*(name.encode() for name in box.namelist()), *(box.read(name) for name in box.namelist())])


def named_in(user: User) -> set[str]:
    """The names in data.json of the last export, but for those that a post's kind or a profile's circles make up."""
    export = Export.objects.get(user=user)
    data = json.loads(zipfile.ZipFile(store.place(export.path)).read("data.json"))

    def names(value: Any) -> set[str]:
        if isinstance(value, list):
            return set().union(*map(names, value))
        if isinstance(value, dict):
            inner = [names(one) for name, one in value.items() if name not in ("details", "seen_by")]
            return set(value).union(*inner)
        return set()

    return names([rows for rows in data.values() if isinstance(rows, list)])


def test_each_zip_holds_ones_own_and_nobody_elses(house: House) -> None:
    secret = found_community(house.people["maker"], name="CANARY-secret-place", slug="atelier", listed=False)
    busy(house, secret)
    leaks: list[Any] = []
    missing: list[Any] = []
    for who in sorted(EVERYBODY - {"visitor"}):
        user = house.people[who]
        zipped = unpacked(user).decode("utf-8", "replace")
        for other in EVERYBODY - {"visitor", who}:
            leaks += [(who, house.people[other].email)] if house.people[other].email in zipped else []
            leaks += [(who, other, "words")] if f"-by-{other}-x9" in zipped else []
        if who not in ("maker", "staff"):  # brand staff know every place
            leaks += [(who, "secret place")] if "CANARY-secret" in zipped or "atelier" in zipped else []
        for name in ("old title", "answer", "label", "work", "landing", "note", "far note"):
            if said_by(who, name) not in zipped and (who, name) != ("maker", "old title"):
                missing.append((who, name))
        for audience in COMMENTS:
            if (canary(audience, "comment") in zipped) != (who == "owner"):
                leaks.append((who, audience, "comment"))
        for fate, there in (("stood-hidden", True), ("stood-removed", False), ("stood-before", True)):
            if (canary("public", fate) in zipped) != (there and who == "insider"):
                leaks.append((who, fate))
        for audience, (listed, _readable) in AUDIENCES.items():
            for name in (f"comment on {audience}", f"slip on {audience}"):
                missing += [] if said_by(who, name) in zipped or audience == "working" else [(who, name)]
            for field in (*LISTED_FIELDS, *READABLE_FIELDS):
                found = canary(audience, field) in zipped
                if AUTHORS[audience] == who and audience == "removed" and field in ("alt", "filename"):
                    continue
                if audience == "working" and field not in ("title", "teaser", "body"):
                    continue
                if AUTHORS[audience] == who:
                    # A byline is somebody's name as it was typed, not the author's own.
                    missing += [] if found or field == "byline" else [(who, audience, field)]
                elif found and not (field == "title" and who in listed):
                    leaks.append((who, audience, field))
    assert leaks == []
    assert missing == []
    assert named_in(house.people["insider"]) - set(WORDS) == set()  # each has a word on the page


def test_no_session_key_password_or_secret_is_in_it(member, demo) -> None:
    browser = signed_in(confirmed(member))
    Authenticator.objects.create(user=member, type="totp", data={"secret": "CANARY-totp"})
    zipped = unpacked(member).decode("utf-8", "replace")
    member.refresh_from_db()
    assert member.password not in zipped and "CANARY-totp" not in zipped
    assert browser.session.session_key not in zipped
    assert '"type": "TOTP Authenticator"' in zipped


def test_every_model_that_points_at_a_person_is_carried_or_said_to_be_nobodys() -> None:
    """The test of the test: a new table about people fails here until its app says what becomes of it."""
    carried = {label for section in sections() for label in section.models}
    left = not_personal()
    pointing = {
        model._meta.label
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if field.is_relation and not field.auto_created and field.related_model is User
    }
    assert pointing - carried - set(left) == set()
    known = {model._meta.label for model in apps.get_models()}
    assert (carried | set(left)) - known == set()
    assert all(why for why in left.values())


def test_the_shape_of_the_zip_is_documented() -> None:
    """docs/export.md names every section, in the order of data.json."""
    text = (ROOT / "docs" / "export.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| `([a-z_]+)` \|", text, re.MULTILINE) == [section.name for section in sections()]
