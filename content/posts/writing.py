"""From what was written to what is stored: Markdown rendered once, with its facts counted and its pictures looked up."""

from dataclasses import dataclass

from django.utils.text import slugify

from communities.files.models import File
from communities.ui.markdown import People, Picture, plain, render
from content.posts.models import Post

WORDS_A_MINUTE = 220
EXCERPT = 300


@dataclass(frozen=True, slots=True)
class Body:
    """html is clean; words, minutes (of reading, at least 1 where there are words) and pictures are what the teaser states."""

    html: str
    excerpt: str
    words: int
    minutes: int
    pictures: int


def render_body(source: str, *, post_id: int, trusted: bool = False, people: People | None = None) -> Body:
    """Raises communities.ui.markdown.TextTooHard with a sentence for the writer. Only the post's own files are shown.

    people: who can be called by a handle; an archive calls nobody.
    """
    images = pictures_of(post_id) if "/f/" in source else {}
    rendered = render(source, images=images, trusted=trusted, people=people)
    text = plain(rendered.html)
    return Body(
        html=rendered.html,
        excerpt=shorten(text),
        words=rendered.words,
        minutes=max(1, round(rendered.words / WORDS_A_MINUTE)) if rendered.words else 0,
        pictures=rendered.pictures,
    )


def pictures_of(post_id: int) -> dict[str, Picture]:
    """The files that hang on this post, by token, with the widths that the worker makes of them."""
    return {
        file.token: Picture(width=file.width, height=file.height, alt=file.alt, sizes=tuple(file.widths))
        for file in File.objects.filter(parent_kind=Post.KIND, parent_id=post_id, width__gt=0)
    }


def shorten(text: str, limit: int = EXCERPT) -> str:
    """The first sentences of a text, cut at a word, never in the middle of one."""
    text = " ".join(text.split())
    if len(text) <= limit:
        return text
    return text[:limit].rsplit(" ", 1)[0].rstrip(",;:–-") + " …"


def slug_of(title: str) -> str:
    """For the address; titles without a Latin letter keep their own script."""
    return (slugify(title) or slugify(title, allow_unicode=True))[:80].strip("-") or "-"
