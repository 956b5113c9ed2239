"""`manage.py import_markdown`: a folder of posts becomes posts, says so line by line, and does no harm."""

import datetime as dt
import io
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from PIL import Image

from communities.activity.models import Activity
from communities.files.models import File
from communities.people.models import User
from communities.spaces.models import Community
from content.posts.actions import announce_opened, remove_post
from content.posts.models import Imported, OldPath, Post

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 20"><script>alert(1)</script></svg>'
Run = Callable[..., list[str]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "blog"
    place.mkdir()
    return place


@pytest.fixture
def run(demo: Community, folder: Path) -> Run:
    """run(audience="circle"): the lines that the command prints."""

    def import_it(**options: Any) -> list[str]:
        out = io.StringIO()
        call_command("import_markdown", str(folder), community="demo", stdout=out, stderr=io.StringIO(), **options)
        return out.getvalue().splitlines()

    return import_it


def write(folder: Path, name: str, text: str | bytes) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def post(title: str, body: str = "Body.", *, date: str = "2024-03-01", more: str = "") -> str:
    return f"---\ntitle: {title}\ndate: {date}\n{more}\n---\n\n{body}\n"


def png() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (900, 600), "teal").save(out, "PNG")
    return out.getvalue()


def only() -> Post:
    return Post.objects.select_related("community").get()


def test_a_post_keeps_what_it_says_of_itself(run: Run, folder: Path, owner: User) -> None:
    more = "authors: [Ana Reis, Bo]\ntags: [Ink, paper]\nlastmod: 2024-04-01\nsummary: Why black is hard.\nlang: pt"
    write(folder, "ink.md", post("Ink", "# Ink\n\nOne *two* three.", more=more))
    lines = run()
    made = only()
    assert lines == [f"taken ink.md {made.url}", "1 taken, 0 same, 0 refused"]
    assert (made.title, made.state, made.teaser, made.language) == ("Ink", "published", "Why black is hard.", "pt")
    assert made.opens_at == made.created_at == dt.datetime(2024, 3, 1, tzinfo=dt.UTC)
    assert made.edited_at == dt.datetime(2024, 3, 31, 23, tzinfo=dt.UTC)
    assert (made.source, made.words, made.minutes, made.author) == ("One *two* three.\n", 3, 1, owner)
    assert made.html.strip() == '<p dir="auto">One <em>two</em> three.</p>'
    assert [line.name for line in made.bylines.all()] == ["Ana Reis", "Bo"]
    assert all(line.user_id is None for line in made.bylines.all())
    assert [tag.slug for tag in made.tags.all()] == ["ink", "paper"]


def test_the_date_stands_in_the_front_matter_the_name_or_the_declared_address(run: Run, folder: Path) -> None:
    write(folder, "_posts/2013-07-14-press.markdown", "---\ntitle: Press\n---\nBody.\n")
    write(folder, "wood.md", '+++\ntitle = "Wood"\npath = "2021/05/01/wood"\n+++\nBody.\n')
    write(folder, "2020-02-02-lead/index.md", "---\ntitle: Lead\n---\nBody.\n")
    assert run()[-1] == "3 taken, 0 same, 0 refused"
    days = {made.title: made.opens_at.date().isoformat() for made in Post.objects.all()}
    assert days == {"Press": "2013-07-13", "Wood": "2021-04-30", "Lead": "2020-02-02"}  # midnight in Lisbon


def test_drafts_are_drafts(run: Run, folder: Path) -> None:
    write(folder, "a.md", post("A", more="draft: true"))
    write(folder, "b.md", post("B", more="published: false"))
    write(folder, "_drafts/c.md", "---\ntitle: C\n---\nNot yet.\n")
    run()
    assert set(Post.objects.values_list("title", "state")) == {("A", "draft"), ("B", "draft"), ("C", "draft")}


def test_what_is_no_post_is_not_asked_and_a_section_page_is_skipped(run: Run, folder: Path) -> None:
    write(folder, "posts/_index.md", "+++\ntitle = 'Section'\n+++\n")
    write(folder, "themes/x/post.md", post("Theme"))
    write(folder, ".git/post.md", post("Git"))
    write(folder, "notes.txt", "no")
    write(folder, "a.md", post("A"))
    assert len(run()) == 2


def test_each_bad_file_is_refused_in_a_sentence_and_stops_no_other(run: Run, folder: Path, tmp_path: Path) -> None:
    outside = write(tmp_path, "secret.md", post("Secret"))
    write(folder, "a.md", "# No front matter\n")
    write(folder, "b.md", "---\ntitle: [\n---\n")
    write(folder, "c.md", "---\ntitle: C\n---\nUndated\n")
    write(folder, "d.md", b"---\ntitle: D\n---\n\xff\xfe")
    write(folder, "e.md", post("E", "x" * 1_048_600))
    write(folder, "f.md", post("F", "[" * 200_000))
    (folder / "g.md").symlink_to(outside)
    (folder / "h").symlink_to(tmp_path)
    (folder / "i.md").symlink_to(folder / "nowhere")
    os.mkfifo(folder / "j.md")
    write(folder, "k.md", post("K", date="2024-13-01"))
    write(folder, "z.md", post("Z"))
    lines = dict(line.removeprefix("refused ").split(": ", 1) for line in run() if line.startswith("refused"))
    assert lines.pop("b.md").startswith("its front matter is not valid YAML (line 3")
    assert lines == {
        "a.md": "it has no front matter (facts between two lines --- or +++ at its top).",
        "c.md": "it has no date: not in the front matter, the file name or its address.",
        "d.md": "it is not UTF-8 text (byte 17).",
        "e.md": "its text has 1024 KB; up to 1024 are taken.",
        "f.md": "This text has too many marks (brackets, stars, bars) for its length. Put them in a code block.",
        "g.md": "it is a link that leads out of the folder, or nowhere.",
        "h": "it is a link that leads out of the folder, or nowhere.",
        "i.md": "it is a link that leads out of the folder, or nowhere.",
        "j.md": "it is not a file.",
        "k.md": "its date “2024-13-01” is no date.",
    }
    assert only().title == "Z"
    assert Imported.objects.count() == 1


def test_a_body_of_a_megabyte_is_taken(run: Run, folder: Path) -> None:
    write(folder, "long.md", post("Long", "A plain word of prose, again.\n\n" * 33_000))
    assert run()[-1] == "1 taken, 0 same, 0 refused"
    assert only().words == 33_000 * 6


def test_run_again_it_changes_only_what_changed(run: Run, folder: Path) -> None:
    write(folder, "a.md", post("A"))
    write(folder, "b.md", post("B", "![x](x.png)"))
    write(folder, "x.png", png())
    run()
    ids = dict(Post.objects.values_list("title", "pk"))
    tokens = set(File.objects.values_list("token", flat=True))
    assert run() == ["same a.md", "same b.md", "0 taken, 2 same, 0 refused"]
    assert set(File.objects.values_list("token", flat=True)) == tokens
    write(folder, "a.md", post("A", "New words."))
    assert run()[-1] == "1 taken, 1 same, 0 refused"
    assert dict(Post.objects.values_list("title", "pk")) == ids
    assert Post.objects.get(title="A").source == "New words.\n"
    (folder / "x.png").write_bytes(png() + b"\x00")
    assert run()[-1] == "1 taken, 1 same, 0 refused"
    assert File.objects.count() == 1


def test_a_changed_file_that_is_refused_leaves_the_post_as_it_was(run: Run, folder: Path) -> None:
    write(folder, "a.md", post("A"))
    run()
    write(folder, "a.md", post("A", "[" * 200_000))
    with pytest.raises(CommandError, match="Nothing could be read there"):
        run()
    assert only().source == "Body.\n"


def test_a_post_that_was_taken_down_stays_down(
    run: Run, folder: Path, owner: User, seen_by: Callable[..., Any]
) -> None:
    write(folder, "a.md", post("A"))
    run()
    remove_post(seen_by(owner), post=only())
    write(folder, "a.md", post("A", "New words."))
    run()
    assert only().state == "removed"


def test_a_dry_run_says_the_same_and_writes_nothing(run: Run, folder: Path) -> None:
    write(folder, "a.md", post("A", "![x](x.png)"))
    write(folder, "b.md", "nothing")
    write(folder, "x.png", png())
    dry = run(dry_run=True)
    counts = [model.objects.count() for model in (Post, File, Imported, OldPath)]
    assert counts == [0, 0, 0, 0]
    assert dry[-1] == "1 taken, 0 same, 1 refused"
    assert [line.split(" ")[:2] for line in dry] == [line.split(" ")[:2] for line in run()]


def test_links_between_posts_lead_to_the_new_pages(run: Run, folder: Path) -> None:
    write(folder, "content/posts/ink/index.md", post("Ink", more="url: /2020/ink/\naliases: [/old/ink.html]"))
    body = (
        '[1](../ink/) [2](ink/index.md#mix) [3]({{< ref "ink" >}}) [4](@/posts/ink/index.md) [5](/2020/ink/) '
        "[6](/old/ink.html) [7](/elsewhere/) [8](https://else.example/2020/ink/) `[9](../ink/)`"
    )
    write(folder, "content/posts/paper.md", post("Paper", body))
    run()
    url = Post.objects.select_related("community").get(title="Ink").url
    assert Post.objects.get(title="Paper").source == (
        f"[1]({url}) [2]({url}#mix) [3]({url}) [4]({url}) [5]({url}) [6]({url}) [7](/elsewhere/) "
        "[8](https://else.example/2020/ink/) `[9](../ink/)`\n"
    )


def test_old_addresses_lead_to_the_post(run: Run, folder: Path, client: Any) -> None:
    write(folder, "_posts/2024-03-01-ink.md", "---\ntitle: Ink\nredirect_from: /very/old.html\n---\nBody.\n")
    write(
        folder, "wood.md", '+++\ntitle = "Wood"\npath = "2021/05/01/wood"\naliases = ["2021/05/01/wood.html"]\n+++\nB\n'
    )
    run()
    kept = {(row.path, row.post.title) for row in OldPath.objects.select_related("post")}
    assert kept >= {("2024/03/01/ink", "Ink"), ("2024/03/01/ink.html", "Ink"), ("very/old.html", "Ink")}
    assert kept >= {("2021/05/01/wood", "Wood"), ("2021/05/01/wood.html", "Wood")}
    answer = client.get("/2021/05/01/wood.html")
    made = Post.objects.select_related("community").get(title="Wood")
    assert (answer.status_code, answer["Location"]) == (301, made.url)


def test_pictures_beside_a_post_come_along_and_an_svg_comes_as_it_is(run: Run, folder: Path, tmp_path: Path) -> None:
    write(tmp_path, "private.png", png())
    write(folder, "ink/black.png", png())
    write(folder, "ink/plan.svg", SVG)
    write(folder, "static/img/press.png", png())
    write(folder, "ink/list.pdf", b"%PDF-1.4 list")
    (folder / "ink/out.png").symlink_to(tmp_path / "private.png")
    body = (
        "![Black](black.png)\n\n![Plan](plan.svg)\n\n[list](list.pdf)\n\n<img src='/img/press.png'>\n\n"
        "![no](../../private.png) ![no](out.png) ![far](https://spy.example/x.png)"
    )
    write(folder, "ink/index.md", post("Ink", body, more="image: black.png\nimage_alt: A jar of black"))
    run()
    made = only()
    files = {row.name: row for row in File.objects.filter(parent_kind="post", parent_id=made.pk)}
    assert sorted(files) == ["black.png", "list.pdf", "plan.svg", "press.png"]
    assert made.cover == files["black.png"]
    assert made.pictures == 3
    assert made.html.count("<img ") == 3
    assert f"[list]({files['list.pdf'].url})" in made.source
    assert 'width="900" height="600"' in made.html
    plan = files["plan.svg"]
    assert (plan.mime, plan.bytes, plan.width, plan.height) == ("image/svg+xml", len(SVG), 40, 20)
    assert "<svg" not in made.html
    assert '<a href="https://spy.example/x.png" rel="noopener">far</a>' in made.html


@pytest.mark.parametrize(("audience", "rung"), [("public", 0), ("members", 10), ("insider", 20), ("circle", 30)])
def test_an_audience_gates_the_text_and_every_audience_is_listed(
    run: Run, folder: Path, client: Any, audience: str, rung: int
) -> None:
    write(folder, "a.md", post("Quoin", "Canary in the body.", more="description: What a quoin is."))
    run(audience=audience)
    made = only()
    assert (made.own_rung, made.rung, made.listed_rung) == (rung, rung, 0)
    page = client.get(made.url)
    assert page.status_code == 200
    assert ("Canary" in page.content.decode()) is (rung == 0)
    assert "What a quoin is." in page.content.decode() or rung == 0


def test_another_audience_on_another_run_is_taken_up(run: Run, folder: Path) -> None:
    write(folder, "a.md", post("A"))
    run()
    assert run(audience="circle")[-1] == "1 taken, 0 same, 0 refused"
    assert only().rung == 30


def test_an_archive_announces_nothing_but_itself(run: Run, folder: Path) -> None:
    recent = dt.datetime.now(dt.UTC) - dt.timedelta(days=1)
    write(folder, "a.md", post("A", date=recent.isoformat()))
    run()
    announce_opened()
    assert list(Activity.objects.filter(verb__startswith="post").values_list("verb", "after")) == [
        ("posts.imported", 1)
    ]
    run()
    assert Activity.objects.filter(verb="posts.imported").count() == 1


@pytest.mark.parametrize(
    ("options", "sentence", "code"),
    [
        ({"audience": "gold"}, "“gold” is no audience here. There is: public, members, ", 2),
        ({"community": "nowhere"}, "There is no community “nowhere”. There is: demo.", 2),
    ],
)
def test_an_unknown_audience_or_community_is_answered_with_the_known_ones(
    demo: Community, folder: Path, options: dict[str, str], sentence: str, code: int
) -> None:
    with pytest.raises(CommandError) as caught:
        call_command("import_markdown", str(folder), **{"community": "demo", **options})
    assert str(caught.value).startswith(sentence)
    assert caught.value.returncode == code


def test_a_folder_that_is_none_or_holds_nothing_is_an_error(run: Run, folder: Path, demo: Community) -> None:
    with pytest.raises(CommandError, match="Nothing could be read there"):
        run()
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("import_markdown", str(folder / "absent"), community="demo")
    with pytest.raises(CommandError, match="is not a folder"):
        call_command("import_markdown", str(write(folder, "x.txt", "")), community="demo")


def test_nothing_in_front_matter_or_body_is_executed(run: Run, folder: Path, tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    attack = f'!!python/object/apply:pathlib.Path.touch [!!python/object/apply:pathlib.Path ["{trace}"]]'
    write(
        folder,
        "a.md",
        post("A", "{{ ''.__class__ }}{% include '/etc/passwd' %}<script>1</script>", more=f"x: {attack}"),
    )
    run()
    assert not trace.exists()
    assert only().html.strip() == ""
