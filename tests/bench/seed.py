"""Fills the benchmark's database with bulk rows: a community with members and posts, a fifth of them gated."""

import datetime as dt
import random

from django.utils import timezone

from communities.access.things import thing
from communities.access.viewer import viewer_for
from communities.comments.actions import write_comment
from communities.comments.models import Comment
from communities.discussion.models import Message, Room
from communities.discussion.rooms import save_room
from communities.members.actions import found_community, join_community
from communities.members.models import Member
from communities.people.models import User
from communities.reactions.actions import react
from communities.reactions.models import EMOJI
from communities.spaces.models import Community, Rung, Space
from content.posts.actions import publish_post, start_draft
from content.posts.models import Post
from content.posts.writing import render_body

MEMBERS, POSTS = 10_000, 100_000
COMMENTS, WRITERS = 50, 16
TABS = 110  # people who hold open tabs, twenty each at most
WORDS = [
    *("ink", "paper", "press", "drum", "edition", "plate", "proof", "colour", "roller", "grain"),
    *("margin", "sheet", "stack", "fold", "stitch", "type", "lead", "rule"),
]


def fill(scale: float, *, posts: int = POSTS) -> dict[str, str]:
    """Returns what the benchmark asks for: the addresses, and the id of the member who is signed in."""
    chance = random.Random(7)
    owner = User.objects.create(email="owner@bench.example", handle="owner", name="Ada Owner")
    place = found_community(owner, name="Bench", slug="bench", tagline="Where figures come from.")
    Rung.objects.create(community=place, level=20, slug="insider", name="Insider", ways="Share what you know.")
    people = User.objects.bulk_create(
        [
            User(
                email=f"m{n}@bench.example",
                handle=f"m{n}",
                handle_shape=f"m{n}",
                name=f"{chance.choice(WORDS).title()} {n}",
            )
            for n in range(int(MEMBERS * scale))
        ],
        batch_size=2000,
    )
    Member.objects.bulk_create([Member(community=place, user=user) for user in people], batch_size=2000)
    reader = User.objects.create(email="reader@bench.example", handle="reader", name="Bo Reader")
    join_community(reader, place)
    _posts(place, owner, int(posts * scale), chance)
    viewer = viewer_for(owner, place)
    space = Space.objects.get(community=place)
    draft = start_draft(
        viewer, space=space, title="The post that is read", teaser="A teaser.", source=_text(chance, 700)
    )
    post = publish_post(viewer, post=draft)
    writers = [User.objects.get(handle=f"m{number}") for number in range(min(WRITERS, len(people)))]
    _talk(place, post, writers, chance)
    quiet = [
        publish_post(viewer, post=start_draft(viewer, space=space, title=f"Quiet {n}", source="Text."))
        for n in range(WRITERS)
    ]
    rooms = _rooms(place, owner, writers, int(posts * scale), chance)
    return {
        "room": rooms[0].topic,
        "chat": rooms[0].url,
        "rooms": ",".join(f"{room.url}write/" for room in rooms),
        "tabs": ",".join(str(user.pk) for user in people[:TABS]),
        "stream": "/c/bench/",
        "post": post.url,
        "reader": str(reader.pk),
        "writers": ",".join(str(user.pk) for user in writers),
        "hot": f"/c/bench/talk/post/{post.pk}/",
        "quiet": ",".join(f"/c/bench/talk/post/{one.pk}/" for one in quiet),
    }


def _rooms(place: Community, owner: User, writers: list[User], messages: int, chance: random.Random) -> list[Room]:
    """One room with a long history, and fifteen quiet ones."""
    viewer = viewer_for(owner, place)
    rooms = []
    for number in range(WRITERS):
        room = Room(community=place, slug=f"room-{number}", name=f"Room {number}", own_rung=10)
        rooms.append(save_room(viewer, room=room))
    html, now = "<p>The <em>margins</em> are lovely.</p>\n", timezone.now()
    Message.objects.bulk_create(
        (
            Message(
                community=place,
                room=rooms[0],
                number=number,
                rev=number,
                author=chance.choice(writers),
                source="The *margins* are lovely.",
                html=html,
                created_at=now - dt.timedelta(seconds=messages - number),
            )
            for number in range(1, messages + 1)
        ),
        batch_size=2000,
    )
    Room.objects.filter(pk=rooms[0].pk).update(last=messages, rev=messages, spoken_at=now)
    return rooms


def _talk(place: Community, post: Post, writers: list[User], chance: random.Random) -> None:
    """Fifty comments in branches under one post, as people would write them, and four signs on each."""
    rows: list[Comment] = []
    for number in range(COMMENTS):
        viewer = viewer_for(writers[number % len(writers)], place)
        about = thing(Post.KIND, post.pk, viewer)
        assert about is not None
        answers = rows[-1] if number % 3 else None
        body = f"{_text(chance, 40)}\n\n*{chance.choice(WORDS)}*, `{chance.choice(WORDS)}`"
        rows.append(write_comment(viewer, place=place, about=about, body=body, answers=answers))
    for row in rows:
        for user in chance.sample(writers, min(4, len(writers))):
            viewer = viewer_for(user, place)
            about = thing(Comment.KIND, row.pk, viewer)
            assert about is not None
            react(viewer, thing=about, emoji=chance.choice(EMOJI), on=True)


def _text(chance: random.Random, words: int) -> str:
    text = " ".join(chance.choice(WORDS) for _number in range(words))
    return "\n\n".join(text[at : at + 500] for at in range(0, len(text), 500))


def _posts(place: Community, owner: User, many: int, chance: random.Random) -> None:
    """One text for all: what is measured is the number of rows."""
    space, now = Space.objects.get(community=place), timezone.now()
    source = _text(chance, 300)
    body = render_body(source, post_id=0)
    batch: list[Post] = []
    for number in range(many):
        batch.append(
            Post(
                community=place,
                author=owner,
                space=space,
                state="published",
                opens_at=now - dt.timedelta(minutes=number + 5),
                own_rung=20 if number % 5 == 0 else 0,
                rung=20 if number % 5 == 0 else 0,
                kind="update",
                title=f"{chance.choice(WORDS).title()} and {chance.choice(WORDS)}, number {number}",
                slug=f"number-{number}",
                teaser="Twelve sheets, one drum, and what the weather did to the margins of all of them.",
                source=source,
                html=body.html,
                excerpt=body.excerpt,
                words=body.words,
                minutes=body.minutes,
            )
        )
        if len(batch) == 2000:
            Post.objects.bulk_create(batch)
            batch.clear()
    Post.objects.bulk_create(batch)
