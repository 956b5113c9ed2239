"""The template tags: what they draw, and that typed words stay words."""

import datetime as dt
import zoneinfo
from types import SimpleNamespace

from django.template import Context, Template
from django.utils import timezone

from communities.ui.icons import ICONS

EVIL = '"><script>alert(1)</script>'


def drawn(source: str, **context: object) -> str:
    return Template("{% load ui %}" + source).render(Context(context))


def test_an_icon_beside_words_is_decoration() -> None:
    assert 'aria-hidden="true"' in drawn("{% icon 'lock' %}")
    assert "<path" in drawn("{% icon 'lock' %}")


def test_an_icon_alone_has_a_name() -> None:
    assert 'role="img" aria-label="Closed"' in drawn("{% icon 'lock' 'Closed' %}")


def test_an_unknown_icon_draws_nothing_and_breaks_nothing() -> None:
    assert drawn("{% icon name %}", name=EVIL) == '<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"></svg>'


def test_every_kind_of_post_has_its_own_sign() -> None:
    kinds = ["update", "behind", "early", "question", "idea", "offer", "lesson"]
    assert len({ICONS[kind] for kind in kinds}) == len(kinds)


def test_a_face_beside_its_name_says_nothing_twice() -> None:
    face = drawn("{% face user %}", user=SimpleNamespace(name="Ines Vidal", face_seed=7))
    assert 'src="/face/7.svg"' in face
    assert 'alt=""' in face
    assert 'width="36" height="36"' in face


def test_a_face_alone_says_whose_it_is() -> None:
    face = drawn("{% face user 'large' alone=True %}", user=SimpleNamespace(name=EVIL, face_seed=7))
    assert 'class="face large"' in face
    assert "&quot;&gt;&lt;script&gt;" in face
    assert "<script" not in face


def test_a_person_without_a_face_still_has_one() -> None:
    assert 'src="/face/0.svg"' in drawn("{% face user %}", user=None)


def test_a_moment_is_machine_readable_in_utc_and_written_in_the_active_zone() -> None:
    at = dt.datetime(2026, 7, 3, 17, 0, tzinfo=dt.UTC)
    with timezone.override("Europe/Lisbon"):
        text = drawn("{% when at 'moment' %}", at=at)
    assert text == '<time datetime="2026-07-03T17:00:00Z" data-when="moment">Fri 3 Jul, 18:00 WEST</time>'


def test_a_moment_on_the_page_of_a_community_is_written_in_its_zone() -> None:
    at = dt.datetime(2026, 7, 3, 17, 0, tzinfo=dt.UTC)
    place = SimpleNamespace(zone=zoneinfo.ZoneInfo("Asia/Tokyo"))
    assert ">Sat 4 Jul, 02:00 JST<" in drawn("{% when at 'until' %}", at=at, community=place)


def test_a_day_is_written_without_a_clock() -> None:
    assert drawn("{% when day %}", day=dt.date(2026, 3, 3)) == '<time datetime="2026-03-03">3 March 2026</time>'


def test_no_moment_is_no_time() -> None:
    assert drawn("{% when nothing %}", nothing=None) == ""


def test_measures_name_what_is_there_and_nothing_else() -> None:
    text = drawn("{% measures post %}", post=SimpleNamespace(minutes=1, words=1240, pictures=0))
    assert "1 minute<" in text
    assert "1,240 words" in text
    assert "picture" not in text
    assert drawn("{% measures post %}", post=SimpleNamespace(minutes=0, words=0, pictures=0)) == ""


def test_the_badge_of_a_kind_escapes_its_label() -> None:
    assert "<script" not in drawn("{% kind 'idea' label %}", label=EVIL)


def test_a_picture_carries_its_size_so_that_nothing_jumps() -> None:
    file = SimpleNamespace(url="/f/a/b.png", srcset="/f/a/480.webp 480w", width=960, height=600, alt=EVIL)
    text = drawn("{% picture file sizes='50vw' %}", file=file)
    assert 'width="960" height="600"' in text
    assert 'srcset="/f/a/480.webp 480w" sizes="50vw"' in text
    assert 'loading="lazy"' in text
    assert "<script" not in text


def test_the_first_picture_of_a_page_is_not_lazy() -> None:
    file = SimpleNamespace(url="/f/a/b.png", srcset="", width=0, height=0, alt="")
    text = drawn("{% picture file first=True %}", file=file)
    assert 'fetchpriority="high"' in text
    assert "lazy" not in text


def test_a_missing_picture_leaves_no_hole() -> None:
    assert drawn("{% picture file %}", file=None).strip() == ""


def test_the_chosen_of_several_links_is_found() -> None:
    links = [{"label": "All", "current": False}, {"label": "Ideas", "current": True}]
    assert drawn("{% with it=links|chosen %}{{ it.label }}{% endwith %}", links=links) == "Ideas"
    assert drawn("{% with it=links|chosen %}{{ it.label }}{% endwith %}", links=[]) == ""


def story(name: str, *, readable: bool = True, cover: object = None) -> SimpleNamespace:
    return SimpleNamespace(name=name, readable=readable, cover=cover)


def test_a_front_page_opens_with_the_newest_open_story_with_a_picture() -> None:
    posts = [
        story("locked", readable=False, cover=1),
        story("bare"),
        story("pictured", cover=1),
        story("older", cover=1),
    ]
    assert drawn("{% with p=posts|opening %}{{ p.name }}{% endwith %}", posts=posts) == "pictured"
    assert drawn("{% with p=posts|opening %}{{ p.name }}{% endwith %}", posts=posts[:2]) == "bare"
    assert drawn("{% with p=posts|opening %}{{ p.name }}{% endwith %}", posts=posts[:1]) == "locked"
    assert drawn("{% with p=posts|opening %}{{ p.name }}{% endwith %}", posts=[]) == ""


def test_a_mark_without_a_logo_has_a_letter() -> None:
    assert drawn("{{ name|initial }}", name=" halftone ") == "H"
    assert drawn("{{ name|initial }}", name="") == "·"
