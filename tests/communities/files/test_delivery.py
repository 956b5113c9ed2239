"""A16: a file is as open as what it hangs on, for everybody, at every address, by every method."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import AnonymousUser
from django.test import Client
from django.utils import timezone

from communities.files import store
from communities.files.actions import make_sizes, take_file
from communities.files.models import File
from communities.members.models import Member, Standing
from communities.people.models import User
from communities.spaces.models import Community
from content.posts.models import Post
from tests.communities.files.samples import SECRET, photo_with_everything

pytestmark = pytest.mark.django_db
Get = Callable[[Any], Client]


def addresses(file: File) -> list[str]:
    return [file.url, f"/f/{file.token}/400.webp", f"/f/{file.token}/whatever.jpg"]


def body(response: Any) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


def statuses(client: Client, file: File) -> set[int]:
    answers = [getattr(client, method)(address) for method in ("get", "head") for address in addresses(file)]
    return {answer.status_code for answer in answers}


def test_a_file_of_a_public_post_is_open_to_everybody(
    publish: Callable[..., Post], upload: Callable[..., File], visitor: AnonymousUser, outsider: User, client_of: Get
) -> None:
    file = upload(publish())
    assert statuses(client_of(visitor), file) == {200}
    assert statuses(client_of(outsider), file) == {200}
    assert body(client_of(visitor).get(file.url)) == store.place(file.path).read_bytes()


def test_a_file_of_an_insider_post_is_403_below_and_open_from_its_rung(
    publish: Callable[..., Post], upload: Callable[..., File], client_of: Get, request: pytest.FixtureRequest
) -> None:
    file = upload(publish(rung=20))
    make_sizes()
    expected = {
        "visitor": {403}, "outsider": {403}, "member": {403}, "maker": {403},
        "insider": {200}, "circle": {200}, "moderator": {200}, "owner": {200}, "staff": {200},
    }  # fmt: skip
    seen = {name: statuses(client_of(request.getfixturevalue(name)), file) for name in expected}
    assert seen == expected


def test_a_refusal_holds_none_of_the_files_bytes_nor_its_name(
    publish: Callable[..., Post], upload: Callable[..., File], visitor: AnonymousUser, client_of: Get
) -> None:
    file = upload(publish(rung=20), name="CANARY-name.jpg")
    answer = client_of(visitor).get(file.url)
    assert "CANARY" not in str(answer.headers) + answer.content.decode()
    assert "ETag" not in answer.headers


def test_a_file_of_what_is_not_even_listed_is_the_404_of_everything_else(
    publish: Callable[..., Post], upload: Callable[..., File], visitor: AnonymousUser, member: User, circle: User,
    client_of: Get,
) -> None:  # fmt: skip
    file = upload(publish(space="table", rung=30))
    missing = Client().get("/f/0000000000000000000000/press.jpg")
    assert missing.status_code == 404
    for user in (visitor, member):
        for address in addresses(file):
            answer = client_of(user).get(address)
            assert (answer.status_code, answer.content) == (404, missing.content)
    assert statuses(client_of(circle), file) == {200}


def test_a_draft_and_what_hangs_on_it_are_the_authors(
    publish: Callable[..., Post],
    upload: Callable[..., File],
    owner: User,
    moderator: User,
    member: User,
    client_of: Get,
) -> None:
    """A23."""
    post = publish()
    file = upload(post)
    Post.objects.filter(pk=post.pk).update(state="draft")
    assert statuses(client_of(owner), file) == {200}
    assert statuses(client_of(moderator), file) == statuses(client_of(member), file) == {404}


def test_a_file_opens_with_its_post_at_the_minute(
    publish: Callable[..., Post], upload: Callable[..., File], visitor: AnonymousUser, client_of: Get
) -> None:
    at = timezone.now() + dt.timedelta(hours=2)
    file = upload(publish(opens_at=at))
    assert statuses(client_of(visitor), file) == {404}
    with time_machine.travel(at + dt.timedelta(seconds=1)):
        assert statuses(client_of(visitor), file) == {200}


def test_an_expired_rung_and_a_suspension_close_it(
    publish: Callable[..., Post], upload: Callable[..., File], insider: User, circle: User, client_of: Get
) -> None:
    file = upload(publish(rung=20))
    assert statuses(client_of(insider), file) == statuses(client_of(circle), file) == {200}
    Member.objects.filter(user=insider).update(rung=10)
    Member.objects.filter(user=circle).update(standing=Standing.SUSPENDED)
    assert statuses(client_of(insider), file) == statuses(client_of(circle), file) == {403}


def test_a_communitys_own_pictures_are_open_to_whoever_may_know_of_it(
    demo: Community, upload: Callable[..., File], visitor: AnonymousUser, outsider: User, member: User, client_of: Get
) -> None:
    file = upload(demo)
    assert statuses(client_of(visitor), file) == {200}
    Community.objects.filter(pk=demo.pk).update(listed=False)
    assert statuses(client_of(visitor), file) == statuses(client_of(outsider), file) == {404}
    assert statuses(client_of(member), file) == {200}


def test_other_methods_ask_first_too(
    publish: Callable[..., Post], upload: Callable[..., File], visitor: AnonymousUser, client_of: Get
) -> None:
    for rung, space, status in ((0, "journal", 405), (20, "journal", 403), (30, "table", 404)):
        file = upload(publish(rung=rung, space=space))
        for method in ("post", "put", "delete", "options"):
            assert getattr(client_of(visitor), method)(file.url).status_code == status


def test_ranges_and_etags_answer_only_who_may_read(
    publish: Callable[..., Post], upload: Callable[..., File], visitor: AnonymousUser, insider: User, client_of: Get
) -> None:
    file = upload(publish(rung=20))
    data = store.place(file.path).read_bytes()
    reader, stranger = client_of(insider), client_of(visitor)
    etag = reader.get(file.url).headers["ETag"]
    assert stranger.get(file.url, headers={"If-None-Match": etag}).status_code == 403
    assert stranger.get(file.url, headers={"Range": "bytes=0-9"}).status_code == 403
    same = reader.get(file.url, headers={"If-None-Match": etag})
    assert (same.status_code, same.content, same.headers["Cache-Control"]) == (304, b"", "private, no-store")
    for wanted, part in (("bytes=0-9", data[:10]), ("bytes=10-", data[10:]), ("bytes=-7", data[-7:])):
        answer = reader.get(file.url, headers={"Range": wanted})
        assert (answer.status_code, body(answer)) == (206, part)
        assert answer.headers["Content-Length"] == str(len(part))
        assert answer.headers["Content-Range"].endswith(f"/{len(data)}")
    assert reader.get(file.url, headers={"Range": "bytes=99999999-"}).status_code == 416
    whole = reader.get(file.url, headers={"Range": "bytes=0-9", "If-Range": '"old"'})
    assert (whole.status_code, body(whole)) == (200, data)


def test_what_everybody_may_have_is_shared_for_a_minute_and_nothing_else_is(
    publish: Callable[..., Post], upload: Callable[..., File], visitor: AnonymousUser, insider: User, client_of: Get
) -> None:
    """A19."""
    public, gated = upload(publish()), upload(publish(rung=20))
    make_sizes()
    for address in addresses(public):
        assert client_of(visitor).get(address).headers["Cache-Control"] == "public, max-age=60"
        assert client_of(insider).get(address).headers["Cache-Control"] == "private, no-store"
    for address in addresses(gated):
        assert client_of(visitor).get(address).headers["Cache-Control"] == "private, no-store"
        assert client_of(insider).get(address).headers["Cache-Control"] == "private, no-store"


def test_a_size_that_is_not_made_yet_is_the_original_and_not_kept(
    publish: Callable[..., Post], upload: Callable[..., File], visitor: AnonymousUser, client_of: Get
) -> None:
    file = upload(publish())
    address = f"/f/{file.token}/400.webp"
    before = client_of(visitor).get(address)
    assert (before.headers["Content-Type"], before.headers["Cache-Control"]) == ("image/jpeg", "private, no-store")
    make_sizes()
    after = client_of(visitor).get(address)
    assert (after.headers["Content-Type"], after.headers["Cache-Control"]) == ("image/webp", "public, max-age=60")
    assert before.headers["ETag"] != after.headers["ETag"]
    assert client_of(visitor).get(f"/f/{file.token}/401.webp").status_code == 404
    assert client_of(visitor).get(f"/f/{file.token}/1200.webp").status_code == 404


def test_a_drawing_is_a_picture_in_a_page_and_a_download_elsewhere(
    publish: Callable[..., Post], upload: Callable[..., File], visitor: AnonymousUser, client_of: Get
) -> None:
    """E05: its script never runs, for it never is a document."""
    svg = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><script>alert(1)</script></svg>'
    file = upload(publish(), svg, name="plan.svg")
    shown = client_of(visitor).get(file.url, headers={"Sec-Fetch-Dest": "image"})
    gone_to = client_of(visitor).get(file.url, headers={"Sec-Fetch-Dest": "document"})
    assert shown.headers["Content-Disposition"] == 'inline; filename="plan.svg"'
    assert gone_to.headers["Content-Disposition"] == 'attachment; filename="plan.svg"'
    for answer in (shown, gone_to):
        assert answer.headers["Content-Type"] == "image/svg+xml"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"] == (
            "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox"
        )
        assert "Sec-Fetch-Dest" in answer.headers["Vary"]


def test_other_files_are_only_ever_downloaded(
    demo: Community, owner: User, publish: Callable[..., Post], visitor: AnonymousUser, client_of: Get
) -> None:
    """E05, E09."""
    about = {"community": demo, "uploader": owner, "parent_kind": "post", "parent_id": publish().pk}
    file = take_file(**about, upload=b"<html><script>alert(1)</script>", name='Süße\r\nSet-Cookie: "x".html')
    answer = client_of(visitor).get(file.url)
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"] == ("attachment; filename*=utf-8''S%C3%BC%C3%9FeSet-Cookie_-_x_.html")
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_no_served_byte_tells_where_a_photo_was_taken(
    publish: Callable[..., Post], upload: Callable[..., File], visitor: AnonymousUser, client_of: Get
) -> None:
    """E07: the original too."""
    file = upload(publish(), photo_with_everything(size=(1000, 600)))
    make_sizes()
    for address in addresses(file):
        served = body(client_of(visitor).get(address))
        assert SECRET not in served and b"Exif" not in served and b"CANARY" not in served


def test_behind_a_proxy_that_delivers_files_our_answer_has_no_body(
    publish: Callable[..., Post],
    upload: Callable[..., File],
    insider: User,
    member: User,
    client_of: Get,
    settings: Any,
) -> None:
    settings.FILES_ACCEL_PREFIX = "/kept/"
    file = upload(publish(rung=20))
    answer = client_of(insider).get(file.url)
    assert (answer.headers["X-Accel-Redirect"], answer.content) == (f"/kept/{file.path}", b"")
    assert answer.headers["Content-Type"] == "image/jpeg"
    refused = client_of(member).get(file.url)
    assert (refused.status_code, "X-Accel-Redirect" in refused.headers) == (403, False)


def test_bytes_that_are_gone_from_the_disk_are_a_404(
    publish: Callable[..., Post], upload: Callable[..., File], visitor: AnonymousUser, client_of: Get
) -> None:
    file = upload(publish())
    store.drop(file.path)
    assert client_of(visitor).get(file.url).status_code == 404


def test_a_visitor_costs_three_queries_and_a_member_a_handful(
    publish: Callable[..., Post], upload: Callable[..., File], visitor: AnonymousUser, insider: User, client_of: Get,
    django_assert_max_num_queries: Any,
) -> None:  # fmt: skip
    """The file with its community, what it hangs on, and the rendition."""
    file = upload(publish())
    make_sizes()
    reader = client_of(insider)
    with django_assert_max_num_queries(3):
        client_of(visitor).get(f"/f/{file.token}/400.webp")
    reader.get(file.url)
    with django_assert_max_num_queries(6):
        reader.get(f"/f/{file.token}/400.webp")
