"""The picture of a link preview: a real picture of what a visitor may know, and of nothing else."""

import datetime as dt
import io

import pytest
import time_machine
from django.utils import timezone
from PIL import Image

from communities.spaces.models import Community
from content.posts import cards
from content.posts.actions import edit_post
from content.posts.card import Card, draw, wrap
from content.posts.models import Byline, Post

LONG = "A title as long as the form takes it, which goes on and on about paper, ink and patience " * 3


def address(post: Post) -> str:
    return f"/c/demo/p/{post.pk}/card.png"


def picture(**changes) -> bytes:
    card = {"title": "T", "author": "A", "place": "P", "kind": "K", "hue": 28, "font": "serif", "seed": 1}
    return draw(Card(**{**card, **changes}))


@pytest.mark.parametrize(
    "title",
    [
        "Why the second ink always wins",
        LONG[:200],
        "W" * 200,
        "كيف نطبع بلونين على ورق قديم",
        "איך מדפיסים בשני צבעים",
        "なぜ二番目のインクはいつも勝つのか" * 8,
        "What 🎉 we \u200d\x00 learned \ud83d",
        "",
        "🎉",
    ],
)
def test_any_title_becomes_a_picture_of_the_right_size(title):
    drawn = picture(title=title, author=title, place=title)
    image = Image.open(io.BytesIO(drawn))
    assert (image.format, image.size) == ("PNG", (1200, 630))
    assert len(drawn) < 150_000


def test_every_hue_and_face_is_drawn():
    drawn = {picture(hue=hue, font=font) for hue in (0, 90, 180, 270, 359) for font in ("serif", "sans", "slab", "?")}
    assert len(drawn) >= 10


def test_without_a_face_on_the_machine_the_one_inside_pillow_serves(monkeypatch):
    from content.posts import card

    card._faces.cache_clear()
    monkeypatch.setattr(card, "_face", lambda name: None)
    try:
        assert Image.open(io.BytesIO(picture(title="Größe — “quoted”", author="日本"))).size == (1200, 630)
    finally:
        card._faces.cache_clear()


def test_lines_are_never_wider_than_the_column():
    from content.posts import card

    font = card._faces("serif")[0].font_variant(size=60)
    for text in (LONG, "W" * 90, "なぜ二番目のインクはいつも勝つのか" * 8):
        lines = wrap(text, font, 700)
        assert all(font.getlength(line) <= 700 for line in lines)
        assert "".join(lines).replace(" ", "") == text.replace(" ", "")


@pytest.mark.django_db
def test_a_visitor_gets_the_picture_of_a_public_and_of_a_listed_post(publish, client_of, visitor, insider):
    for post in (publish("Open"), publish("Shut", rung=20)):
        for who in (visitor, insider):
            response = client_of(who).get(address(post))
            assert (response.status_code, response["Content-Type"]) == (200, "image/png")
            assert response["Cache-Control"].startswith("public, max-age=")
            assert not response.cookies


@pytest.mark.django_db
def test_what_a_visitor_may_not_know_has_no_picture_for_anybody(publish, client_of, visitor, owner, insider):
    """A09: the same 404 as for a post that was never there."""
    start = timezone.now()
    posts = [publish("Secret", space="table", rung=30), publish("Later", opens_at=start + dt.timedelta(days=1))]
    for state in ("draft", "hidden", "removed"):
        posts.append(publish(state))
        Post.objects.filter(pk=posts[-1].pk).update(state=state)
    nowhere = client_of(visitor).get("/c/demo/p/999999/card.png")
    for post in posts:
        for who in (visitor, insider, owner):
            response = client_of(who).get(address(post))
            assert response.status_code == 404
            assert response.content == nowhere.content
    with time_machine.travel(start + dt.timedelta(days=1), tick=False):
        assert client_of(visitor).get(address(posts[1])).status_code == 200


@pytest.mark.django_db
def test_an_unlisted_community_has_no_pictures(publish, demo, client_of, owner):
    post = publish("Open")
    Community.objects.filter(pk=demo.pk).update(listed=False)
    assert client_of(owner).get(address(post)).status_code == 404
    assert client_of(owner).get("/c/demo/card.png").status_code == 404


@pytest.mark.django_db
def test_a_post_of_another_community_is_not_here(publish, maker, client_of, visitor):
    post = publish("Open")
    assert client_of(visitor).get(f"/c/atelier/p/{post.pk}/card.png").status_code == 404


@pytest.mark.django_db
def test_a_picture_is_drawn_once_and_anew_after_a_rename(
    publish, client_of, visitor, owner, seen_by, settings, monkeypatch
):
    drawn = []
    monkeypatch.setattr(cards, "draw", lambda facts: drawn.append(facts.title) or draw(facts))
    post = publish("Before")
    browser = client_of(visitor)
    first = browser.get(address(post))
    assert browser.get(address(post)).content == first.content
    assert drawn == ["Before"]
    edit_post(seen_by(owner), post=Post.objects.get(pk=post.pk), title="After")
    second = browser.get(address(post))
    assert (drawn, second["ETag"] != first["ETag"]) == (["Before", "After"], True)
    assert len(list((settings.MEDIA_ROOT / "cards").rglob("*.png"))) == 1


@pytest.mark.django_db
def test_the_byline_signs_the_picture(publish, demo):
    post = publish("Signed")
    post.community = demo
    Byline.objects.create(post=post, position=0, name="Ada")
    assert cards.card_of(post, ["Ada", "Bo"]).author == "Ada and Bo"
    assert cards.card_of(post, []).author == "Owner"


@pytest.mark.django_db
def test_a_known_picture_is_not_sent_twice(publish, client_of, visitor):
    post = publish("Open")
    tag = client_of(visitor).get(address(post))["ETag"]
    again = client_of(visitor).get(address(post), headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")
    version = tag.strip('"')
    assert client_of(visitor).get(f"{address(post)}?v={version}")["Cache-Control"] == "public, max-age=60"
    assert client_of(visitor).get(f"{address(post)}?v=other")["Cache-Control"] == "public, max-age=60"


@pytest.mark.django_db
def test_a_folder_that_cannot_be_written_costs_no_picture(publish, client_of, visitor, settings, tmp_path):
    (tmp_path / "file").write_text("in the way")
    settings.MEDIA_ROOT = tmp_path / "file"
    assert client_of(visitor).get(address(publish("Open"))).status_code == 200


@pytest.mark.django_db
def test_the_front_of_a_community_has_a_picture_too(demo, client_of, visitor):
    assert client_of(visitor).get("/c/demo/card.png")["Content-Type"] == "image/png"
