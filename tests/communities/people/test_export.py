"""Everything about oneself in one zip: asked for, packed in steps, fetched by its person alone, gone after a day (R85, A22)."""

import datetime as dt
import json
import os
import threading
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from communities.activity.models import Activity
from communities.files import store
from communities.files.actions import take_file
from communities.mail.models import Mail
from communities.people import exporting
from communities.people.exporting import ask_export, expire_exports, pack_due
from communities.people.models import Export, User
from communities.people.packing import Packer, folder_of, path_of
from communities.people.portable import Section, sections
from tests.communities.people.leaving_cast import confirmed, just_asked, posted

pytestmark = pytest.mark.django_db


def packed(user: User) -> tuple[zipfile.ZipFile, dict[str, Any]]:
    """What a new export of this person holds: the zip, and data.json."""
    export = ask_export(user)
    assert pack_due() == 1
    export.refresh_from_db()
    box = zipfile.ZipFile(store.place(export.path))
    assert box.testzip() is None
    return box, json.loads(box.read("data.json"))


def bytes_kept() -> list[str]:
    return sorted(path.name for path in Path(settings.MEDIA_ROOT, "exports").glob("*"))


def test_one_click_packs_everything_and_a_mail_tells(demo, member, client_of) -> None:
    confirmed(member)
    browser = client_of(member)
    answer = browser.post("/me/data/")
    assert (answer.status_code, answer["Location"]) == (302, "/me/data/")
    assert "It is being packed." in browser.get("/me/data/").content.decode()
    assert pack_due() == 1
    page = browser.get("/me/data/").content.decode()
    export = Export.objects.get()
    assert f'href="/me/data/{export.token}/"' in page and "It is being packed." not in page
    assert (export.state, export.path, export.bytes > 500) == ("ready", path_of(export), True)
    assert export.expires_at - export.ready_at == dt.timedelta(hours=24)
    mail = Mail.objects.get(kind="export_ready")
    assert (mail.to, "/me/data/" in mail.text, export.token in mail.text) == (member.email, True, False)
    assert list(Activity.objects.filter(verb__startswith="data.").values_list("verb", "actor")) == [
        ("data.asked", member.pk),
        ("data.packed", member.pk),
    ]
    assert pack_due() == 0


def test_the_zip_says_the_same_to_people_and_to_programs(demo, member, publish) -> None:
    posted(publish, member, "Ink <b>& paper</b>", source="How I <script>alert(1)</script> mix teal.")
    box, data = packed(member)
    assert sorted(box.namelist()) == ["data.json", "index.html"]
    assert (data["format"], data["version"], data["site"]) == ("hearth.person", 1, settings.SITE_URL)
    assert list(data)[4:] == [section.name for section in sections()]
    assert data["account"] == [
        {
            "number": member.pk,
            "name": "Member",
            "handle": "member",
            "email": "member@test.example",
            "bio": "",
            "timezone": "",
            "scheme": "",
            "unseen": False,
            "joined_at": data["account"][0]["joined_at"],
            "last_sign_in_at": None,
            "groups": [],
        }
    ]
    [post] = data["posts"]
    assert (post["title"], post["text"]) == ("Ink <b>& paper</b>", "How I <script>alert(1)</script> mix teal.")
    assert post["community"] == {"name": "Demo", "address": f"{settings.SITE_URL}/c/demo/"}
    assert (post["space"], post["state"]) == ("The bench", "published")
    assert [line["role"] for line in data["memberships"]] == ["member"]
    page = box.read("index.html").decode()
    assert "Ink &lt;b&gt;&amp; paper&lt;/b&gt;" in page and "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script" not in page and "<b>&" not in page
    assert "What you posted" in page


def test_uploads_come_along_as_they_are_kept(demo, member, publish) -> None:
    post = posted(publish, member, "With a file")
    row = take_file(
        community=demo,
        uploader=member,
        parent_kind="post",
        parent_id=post.pk,
        upload=b"%PDF-1",
        name="../../a plan.pdf",
    )
    lost = take_file(
        community=demo, uploader=member, parent_kind="post", parent_id=post.pk, upload=b"gone", name="b.txt"
    )
    store.drop(lost.path)
    box, data = packed(member)
    name = f"files/{row.pk}-a-plan.pdf"
    assert box.read(name) == b"%PDF-1"
    assert [line["path"] for line in data["files"]] == [name, f"files/{lost.pk}-b.txt"]
    assert sorted(box.namelist()) == ["data.json", name, "index.html"]
    assert f'<a href="{name}">' in box.read("index.html").decode()


def test_one_at_a_time_and_three_a_day(demo, member, client_of) -> None:
    ask_export(member)
    with pytest.raises(ValidationError, match="being packed already"):
        ask_export(member)
    pack_due()
    for _again in range(2):
        ask_export(member)
        pack_due()
    page = client_of(member).post("/me/data/").content.decode()
    assert "Three times a day is enough." in page
    assert Export.objects.count() == 3
    with time_machine.travel(timezone.now() + dt.timedelta(hours=24, minutes=1)):
        expire_exports()
        assert ask_export(member).state == "waiting"


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_once_ask_once(demo, member) -> None:
    said: list[str] = []

    def click() -> None:
        try:
            ask_export(member)
            said.append("asked")
        except ValidationError:
            said.append("refused")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=click) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said) == ["asked", "refused", "refused", "refused"]
    assert Export.objects.count() == 1


def test_the_zip_is_its_persons_alone_and_asks_once_more_who_it_is(demo, member, insider, staff, client_of) -> None:
    confirmed(member)
    packed(member)
    export = Export.objects.get()
    address = f"/me/data/{export.token}/"
    nowhere = Client().get("/me/data/nothing/")
    assert nowhere.status_code == 404
    for browser in (Client(), client_of(insider), client_of(staff), just_asked(confirmed(insider))):
        answer = browser.get(address)
        assert (answer.status_code, answer.content) == (404, nowhere.content)
    answer = client_of(member).get(address)
    assert (answer.status_code, answer["Location"]) == (302, "/accounts/reauthenticate/?next=%2Fme%2Fdata%2F")
    browser = just_asked(member)
    answer = browser.get(address)
    body = b"".join(answer.streaming_content)
    assert (answer.status_code, answer["Cache-Control"], len(body)) == (200, "private, no-store", export.bytes)
    assert answer["Content-Disposition"] == f'attachment; filename="member-{export.ready_at:%Y-%m-%d}.zip"'
    assert zipfile.ZipFile(BytesIO(body)).testzip() is None
    part = browser.get(address, headers={"Range": "bytes=0-1"})
    assert (part.status_code, b"".join(part.streaming_content)) == (206, b"PK")
    assert browser.post(address).status_code == 405


def test_after_a_day_it_is_gone_with_its_bytes(demo, member, insider) -> None:
    packed(member)
    export = Export.objects.get()
    browser = just_asked(confirmed(member))
    with time_machine.travel(timezone.now() + dt.timedelta(hours=23)):
        assert expire_exports() == 0
        other = ask_export(insider)
        pack_due()
    with time_machine.travel(timezone.now() + dt.timedelta(hours=24, seconds=1)):
        assert browser.get(f"/me/data/{export.token}/").status_code == 404  # before anybody swept
        assert expire_exports() == 1
    assert list(Export.objects.values_list("pk", flat=True)) == [other.pk]
    assert bytes_kept() == [f"{other.token}.zip"]


class Clock:
    """A second passes whenever somebody looks."""

    def __init__(self) -> None:
        self.now = 0

    def monotonic(self) -> int:
        self.now += 1
        return self.now


def four_posts_and_files(demo, member, publish) -> None:
    for n in range(4):
        post = posted(publish, member, f"Post {n}")
        upload = f"{n}".encode()
        take_file(
            community=demo, uploader=member, parent_kind="post", parent_id=post.pk, upload=upload, name=f"{n}.txt"
        )


def whole(export: Export) -> None:
    """The zip says everything once and is sound."""
    box = zipfile.ZipFile(store.place(path_of(export)))
    assert box.testzip() is None
    data = json.loads(box.read("data.json"))
    assert [post["title"] for post in data["posts"]] == [f"Post {n}" for n in range(4)]
    names = [line["path"] for line in data["files"]]
    assert [box.read(name) for name in names] == [b"0", b"1", b"2", b"3"]
    assert sorted(box.namelist()) == sorted(["data.json", "index.html", *names])


def test_a_run_stops_when_its_time_is_up_and_the_next_goes_on(demo, member, publish, monkeypatch) -> None:
    four_posts_and_files(demo, member, publish)
    clock = Clock()
    monkeypatch.setattr("communities.people.packing.BATCH", 2)
    monkeypatch.setattr("communities.people.packing.time", clock)
    export, runs = ask_export(member), 1
    while not Packer(export, until=clock.now + 3).run():
        runs += 1
    assert runs > 10
    whole(export)


class Killed(BaseException):
    """What a worker that is killed does not catch."""


def test_a_worker_that_is_killed_anywhere_costs_one_step(demo, member, publish, monkeypatch) -> None:
    """At each step in turn: half a line and half a file lie on the disk, and the next worker makes it whole."""
    four_posts_and_files(demo, member, publish)
    monkeypatch.setattr("communities.people.packing.BATCH", 2)
    written, calls = Packer._write_down, {"left": 0, "steps": 0}

    def die(packer: Packer) -> None:
        calls["left"] -= 1
        calls["steps"] += 1
        if calls["left"] == 0:
            for path in packer.folder.glob("*.lines"):
                path.write_bytes(path.read_bytes() + b'{"half a line')
            if packer.zip.exists():
                packer.zip.write_bytes(packer.zip.read_bytes()[:-9] + b"PK half a file")
            raise Killed
        written(packer)

    monkeypatch.setattr(Packer, "_write_down", die)
    ask_export(member)
    pack_due()
    last = calls["steps"]
    for step in [*range(1, last - 8, 9), *range(last - 8, last + 1)]:  # lists are alike; the last ones make the zip
        Export.objects.all().delete()
        export, calls["left"] = ask_export(member), step
        with pytest.raises(Killed):
            pack_due()
        assert pack_due() == 0  # the lease runs on
        with time_machine.travel(timezone.now() + exporting.LEASE):
            assert pack_due() == 1
        whole(export)
        assert not folder_of(export).exists()


def test_what_fails_five_times_is_said_and_can_be_asked_for_again(demo, member, client_of, monkeypatch) -> None:
    def broken(_packer: Any, _section: Section) -> bool:
        raise OSError("disk")

    monkeypatch.setattr(Packer, "_list", broken)
    ask_export(member)
    moment = timezone.now()
    for n in range(5):
        with time_machine.travel(moment + dt.timedelta(minutes=n)):
            assert pack_due() == 0
    assert Export.objects.get().state == "failed"
    assert "This one did not work out" in client_of(member).get("/me/data/").content.decode()
    assert bytes_kept() == []
    assert ask_export(member).state == "waiting"


def test_what_belongs_to_no_row_is_swept_after_a_day(demo, member) -> None:
    packed(member)
    folder = Path(settings.MEDIA_ROOT, "exports")
    (folder / "lost.zip").write_bytes(b"x")
    (folder / "lost.parts").mkdir()
    expire_exports()
    assert len(bytes_kept()) == 3
    for name in ("lost.zip", "lost.parts"):
        os.utime(folder / name, (1, 1))
    expire_exports()
    assert bytes_kept() == [f"{Export.objects.get().token}.zip"]


def test_a_long_life_costs_no_more_queries_a_line(demo, member, publish) -> None:
    def cost() -> int:
        Export.objects.all().delete()
        ask_export(member)
        with CaptureQueriesContext(connection) as queries:
            pack_due()
        return len(queries)

    posted(publish, member, "One")
    before = cost()
    for n in range(12):
        posted(publish, member, f"More {n}")
    assert cost() == before
