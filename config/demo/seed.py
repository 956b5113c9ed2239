"""Fills an empty database with the demo in one transaction: people, two communities, a year of posts, pictures, history."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from io import BytesIO
from typing import Any

from django.db import transaction
from django.utils import timezone
from PIL import Image

from communities.access.models import Opening, State
from communities.files.models import File
from communities.people.models import User
from communities.safety.models import Act
from communities.spaces.models import Community, Rung, Space
from communities.ui import pagecache
from config.demo import art, history, joining, profiles
from config.demo.conversation import let_them_talk
from config.demo.drawing import Drawn, file_row, in_processes
from config.demo.giving import make_giving
from config.demo.letters import write_letters
from config.demo.offers import make_offers
from config.demo.people import make_members, make_users
from config.demo.places import PLACES
from config.demo.rooms import open_rooms
from config.demo.texts import PICTURE, Text, details_of, texts
from content.posts.models import Byline, Post, Tag
from content.posts.writing import render_body, slug_of
from content.search.actions import reindex

Draw = Callable[[Iterable[str]], Iterator[Drawn]]


def is_seeded() -> bool:
    return User.objects.filter(email="owner@demo.example").exists()


@transaction.atomic
def seed(draw: Draw = in_processes) -> dict[str, int]:
    """Everything at once or nothing. Returns how many of each there are now."""
    now = timezone.now()
    users = make_users(now)
    places = {slug: _make_place(slug, now) for slug in PLACES}
    members = make_members(places, users, now)
    profiles.describe(users)
    joining.open_the_doors(places, users, members)
    pairs = _make_posts(places, users)
    openings, acts = _make_openings(pairs), _make_acts(pairs, users)
    _name_things(pairs, users)
    pictures = _hang_pictures(pairs, places, users, draw)
    for _text, post in pairs:
        if post.state != State.DRAFT:
            _render(post)
    Post.objects.bulk_update([post for _text, post in pairs], ["source", "html", "excerpt", *COUNTS, "cover"])
    posts = [post for _text, post in pairs]
    comments = let_them_talk(pairs, places, users, members)
    messages = open_rooms(places, users, now) + write_letters(places, users, now)
    history.remember(members, posts, openings, acts, [*comments, *messages])
    make_offers(places, users, {text.file: post for text, post in pairs}, now)
    make_giving(places["demo"], users, now)
    for _kind, _many in reindex():  # every word at once, in place of one after the other by the ledger
        pass
    history.come_and_go(members, posts, now.date())
    for slug in (None, *places):
        pagecache.bump(slug)
    return {
        "people": len(users),
        "members": len(members),
        "posts": len(posts),
        "pictures": pictures,
        "comments": len(comments),
        "messages": len(messages),
    }


COUNTS = ("words", "minutes", "pictures")


def _make_place(slug: str, now: dt.datetime) -> Community:
    plan = PLACES[slug]
    place = Community(slug=slug, created_at=now - dt.timedelta(days=plan["founded"]), **plan["fields"])
    place.full_clean()
    place.save()
    Rung.objects.bulk_create(
        [
            Rung(community=place, level=level, slug=name_slug, name=name, about=about, ways=ways)
            for level, name_slug, name, about, ways in plan["rungs"]
        ]
    )
    Space.objects.bulk_create(
        [
            Space(community=place, slug=space, name=name, about=about, rung=rung, posting=posting, position=at)
            for at, (space, name, about, rung, posting) in enumerate(plan["spaces"])
        ]
    )
    return place


def _make_posts(places: dict[str, Community], users: dict[str, User]) -> list[tuple[Text, Post]]:
    spaces = {(space.community.slug, space.slug): space for space in Space.objects.select_related("community")}
    pairs = []
    for text in texts():
        place, space = places[text.community], spaces[text.community, text.space]
        today = timezone.localdate(timezone=place.zone)
        moment = text.moment(today, place.zone)
        draft = text.state == State.DRAFT
        post = Post(
            community=place,
            space=space,
            author=users[text.author],
            state=text.state,
            kind=text.kind,
            title=text.title,
            slug="" if draft else slug_of(text.title),
            teaser=text.teaser,
            source=text.body,
            details=details_of(text, today, place.zone),
            language="en",
            opens_at=None if draft else moment,
            created_at=min(moment - dt.timedelta(days=2), timezone.now() - dt.timedelta(hours=1)),
            own_rung=text.rung,
            rung=max(text.rung, space.rung),
            listed_rung=space.listed_rung,
        )
        pairs.append((text, post))
    Post.objects.bulk_create([post for _text, post in pairs])
    return pairs


def _make_openings(pairs: list[tuple[Text, Post]]) -> list[Opening]:
    openings = []
    for text, post in pairs:
        today = timezone.localdate(timezone=post.community.zone)
        for rung, days in text.openings:
            at = dt.datetime.combine(today + dt.timedelta(days=days), dt.time(18), post.community.zone)
            floor = max(rung, post.space.rung)
            openings.append(Opening(kind=Post.KIND, object_id=post.pk, own_rung=rung, rung=floor, at=at))
    return Opening.objects.bulk_create(openings)


def _make_acts(pairs: list[tuple[Text, Post]], users: dict[str, User]) -> list[Act]:
    """What a moderator hid, an hour after it was written, with her reason."""
    acts = []
    for text, post in pairs:
        if text.hidden_by and post.opens_at:
            states = {"before": {"state": State.PUBLISHED}, "after": {"state": State.HIDDEN}}
            thing = {"community": post.community, "kind": Post.KIND, "object_id": post.pk}
            at = post.opens_at + dt.timedelta(hours=1)
            actor = users[text.hidden_by]
            acts.append(Act(verb=Act.Verb.HIDE, actor=actor, reason=text.reason, at=at, **thing, **states))
    return Act.objects.bulk_create(acts)


def _name_things(pairs: list[tuple[Text, Post]], users: dict[str, User]) -> None:
    """Tags and, where a post has two writers, bylines."""
    tags: dict[tuple[int, str], Tag] = {}
    for text, post in pairs:
        for name in text.tags:
            place = post.community_id
            tags.setdefault((place, name), Tag(community_id=place, slug=slug_of(name), name=name))
    Tag.objects.bulk_create(tags.values())
    links = [
        Tag.posts.through(tag_id=tags[post.community_id, name].pk, post_id=post.pk)
        for text, post in pairs
        for name in text.tags
    ]
    Tag.posts.through.objects.bulk_create(links)
    Byline.objects.bulk_create(
        [
            Byline(post=post, position=at, user=users[handle], name=users[handle].name)
            for text, post in pairs
            for at, handle in enumerate(text.bylines)
        ]
    )


def _hang_pictures(
    pairs: list[tuple[Text, Post]], places: dict[str, Community], users: dict[str, User], draw: Draw
) -> int:
    """Every picture drawn once and hung on its post or place; in a body its name gives way to its address."""
    wanted: list[tuple[Any, str, str]] = [(post, name, alt) for text, post in pairs for name, alt in text.pictures]
    wanted += [(places[slug], *plan["cover"]) for slug, plan in PLACES.items()]
    owners = {slug: users[handle] for slug, handle in (("demo", "ines"), ("atelier", "liv"))}
    rows = []
    for (parent, _name, alt), drawn in zip(wanted, draw([name for _parent, name, _alt in wanted]), strict=True):
        rows.append(_file(parent, drawn, alt, owners))
    for slug, place in places.items():
        data = art.logo(slug)
        width, height = Image.open(BytesIO(data)).size
        rows.append(_file(place, ("logo", data, width, height), PLACES[slug]["logo"], owners))
    File.objects.bulk_create(rows)
    by_post: dict[int, dict[str, File]] = {}
    for (parent, name, _alt), row in zip(wanted, rows, strict=False):
        if isinstance(parent, Post):
            by_post.setdefault(parent.pk, {})[name] = row
        else:
            parent.cover = row
    for text, post in pairs:
        files = by_post.get(post.pk, {})
        post.cover = files.get(text.cover)
        post.source = _with_addresses(text.body, files)
    for place, row in zip(places.values(), rows[-len(places) :], strict=True):
        place.logo = row
        place.save(update_fields=["logo", "cover"])
    return len(rows)


def _with_addresses(body: str, files: dict[str, File]) -> str:
    return PICTURE.sub(lambda found: f"![{found['alt']}]({files[found['name']].url})", body)


def _file(parent: Any, drawn: Drawn, alt: str, owners: dict[str, User]) -> File:
    if isinstance(parent, Post):
        place, uploader, kind = parent.community, parent.author, Post.KIND
    else:
        place, uploader, kind = parent, owners[parent.slug], "community"
    return file_row(drawn, alt=alt, community=place, uploader=uploader, parent_kind=kind, parent_id=parent.pk)


def _render(post: Post) -> None:
    body = render_body(post.source, post_id=post.pk)
    post.html, post.excerpt = body.html, body.excerpt
    post.words, post.minutes, post.pictures = body.words, body.minutes, body.pictures
