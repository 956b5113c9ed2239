"""Pictures of a post: taken by script and by plain form, described afterwards, refused with a sentence."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from communities.files.models import File
from content.posts.models import Post
from tests.content.posts.drafts import written

pytestmark = pytest.mark.django_db
JSON = {"HTTP_ACCEPT": "application/json"}


def picture(name: str = "proof.png", size: tuple[int, int] = (640, 480)) -> SimpleUploadedFile:
    out = BytesIO()
    Image.new("RGB", size, (120, 60, 30)).save(out, "PNG")
    return SimpleUploadedFile(name, out.getvalue(), "image/png")


@pytest.fixture
def url(demo, owner, client_of) -> str:
    return client_of(owner).post("/c/demo/write/save/", written(body="Words.")).json()["url"]


def test_a_script_gets_back_where_the_picture_is(url, owner, client_of, visitor):
    browser = client_of(owner)
    answer = browser.post(f"{url}files/", {"file": picture(), "alt": "A [proof]"}, **JSON)
    file = File.objects.get()
    assert answer.status_code == 201
    assert answer.json() == {
        "url": file.url, "small": f"/f/{file.token}/400.webp", "markdown": f"![A \\[proof\\]]({file.url})",
        "token": file.token, "width": 640, "height": 480,
    }  # fmt: skip
    assert (file.parent_kind, file.parent_id, file.uploader) == ("post", Post.objects.get().pk, owner)
    assert browser.get(file.url).status_code == 200
    assert client_of(visitor).get(file.url).status_code == 404


def test_its_words_are_asked_for_afterwards_and_stand_in_the_post(url, owner, client_of):
    browser = client_of(owner)
    token = browser.post(f"{url}files/", {"file": picture()}, **JSON).json()["token"]
    answer = browser.post(f"{url}files/{token}/", {"alt": "Two proofs on a line"}).json()
    assert answer["markdown"] == f"![Two proofs on a line]({File.objects.get().url})"
    browser.post(url, written(body=answer["markdown"], rev=1))
    assert 'alt="Two proofs on a line"' in Post.objects.get().html


def test_a_plain_form_puts_the_picture_under_the_text(url, owner, client_of):
    browser = client_of(owner)
    assert browser.post(f"{url}files/", {"file": picture(), "alt": "A proof"}).status_code == 302
    file = File.objects.get()
    assert Post.objects.get().source == f"Words.\n\n![A proof]({file.url})\n"


def test_the_writing_form_itself_carries_pictures_and_a_cover(url, owner, client_of, visitor):
    browser = client_of(owner)
    sent = written(
        action="picture",
        rev=1,
        body="New words.",
        file=picture(),
        alt="Inside",
        cover=picture("c.png"),
        cover_alt="Outside",
    )
    assert browser.post(url, sent)["Location"] == url
    post = Post.objects.get()
    assert post.source.startswith("New words.\n\n![Inside](/f/")
    assert post.cover.alt == "Outside"
    assert "Outside" in browser.get(url).content.decode()
    browser.post(url, written(rev=post.rev, body=post.source))
    page = client_of(visitor).get(Post.objects.get().url).content.decode()
    assert 'alt="Outside"' in page
    assert 'alt="Inside"' in page


def test_a_first_form_may_bring_a_picture_and_publish_at_once(demo, owner, client_of):
    client_of(owner).post("/c/demo/write/", written(file=picture(), alt="Inside", cover=picture()))
    post = Post.objects.get()
    assert (post.state, post.pictures) == ("published", 1)
    assert post.cover is not None


def test_a_cover_can_be_taken_off_a_published_post(demo, owner, client_of):
    browser, sent = client_of(owner), written(cover=picture())
    browser.post("/c/demo/write/", sent)
    post = Post.objects.get()
    del sent["cover"]
    browser.post(f"/c/demo/write/{post.pk}/", sent | {"rev": post.rev, "drop_cover": "on"})
    post.refresh_from_db()
    assert (post.cover, post.state, post.working) == (None, "published", None)


@pytest.mark.parametrize(
    ("upload", "status", "sentence"),
    [
        (SimpleUploadedFile("x.png", b"<html>", "image/png"), 400, "This is not a picture."),
        (SimpleUploadedFile("x.png", b"", "image/png"), 400, "This file is empty."),
        (None, 400, "Choose a picture first."),
    ],
)
def test_what_is_no_picture_is_refused_with_a_sentence(url, owner, client_of, upload, status, sentence):
    browser = client_of(owner)
    sent = {"alt": "x"} | ({"file": upload} if upload is not None else {})
    answer = browser.post(f"{url}files/", sent, **JSON)
    assert (answer.status_code, File.objects.count()) == (status, 0)
    assert sentence in answer.json()["error"]
    if upload is not None:
        upload.seek(0)
        page = browser.post(url, written(action="picture", rev=1, body="Kept words.", file=upload)).content.decode()
        assert "Kept words." in page
    assert File.objects.count() == 0


def test_what_is_too_large_is_refused(url, owner, client_of, settings):
    settings.UPLOAD_MAX_BYTES = 100
    answer = client_of(owner).post(f"{url}files/", {"file": picture()}, **JSON)
    assert (answer.status_code, File.objects.count()) == (413, 0)
    assert "larger than" in answer.json()["error"]


@pytest.mark.parametrize("who", ["moderator", "member", "maker", "outsider"])
def test_nobody_else_hangs_a_picture_on_it(request, url, owner, client_of, who):
    browser = client_of(request.getfixturevalue(who))
    assert browser.post(f"{url}files/", {"file": picture()}, **JSON).status_code == 404
    assert File.objects.count() == 0


def test_a_picture_of_another_post_is_not_described_here(url, owner, client_of):
    browser = client_of(owner)
    token = browser.post(f"{url}files/", {"file": picture(), "alt": "Mine"}, **JSON).json()["token"]
    other = browser.post("/c/demo/write/save/", written()).json()["url"]
    assert browser.post(f"{other}files/{token}/", {"alt": "Changed"}).status_code == 404
    assert File.objects.get().alt == "Mine"
