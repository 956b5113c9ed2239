"""The talk of the demo as rows: threads, comments, what was edited and taken back, signs, and what still waits for the team."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from communities.access.models import State
from communities.access.things import Thing
from communities.comments.mentions import Calling
from communities.comments.models import Comment, Follow, Mention, Revision, Thread
from communities.members.models import JoinRequest, Member, Role
from communities.notifications.models import Notification
from communities.people.models import User
from communities.reactions.models import Reaction
from communities.safety.models import Report
from communities.spaces.models import Community
from communities.ui.markdown import render
from config.demo.talk import Question, Spoken, post_reactions, talk, waiting
from config.demo.texts import Text
from content.posts.models import Post

CALM = dt.timedelta(minutes=1)
FRESH, OLD = dt.timedelta(days=2), dt.timedelta(days=21)  # of news: not looked at yet, and no longer on anybody's bell


@dataclass(slots=True)
class Scene:
    """What everything below needs. posts: by the stem of their file. team: (community, user) of whoever answers for the house."""

    users: Mapping[str, User]
    posts: dict[str, Post]
    team: set[tuple[int, int]]
    now: dt.datetime


def let_them_talk(
    pairs: Sequence[tuple[Text, Post]],
    places: Mapping[str, Community],
    users: Mapping[str, User],
    members: Sequence[Member],
) -> list[Comment]:
    """Every comment with its thread, earlier texts, mentions and signs. Returns the comments, in the order of talk()."""
    team = {(one.community_id, one.user_id) for one in members if one.role != Role.MEMBER or one.title}
    scene = Scene(users, {text.file: post for text, post in pairs}, team, timezone.now())
    said = list(talk())
    threads = _threads(scene, said)
    questions = [_question(scene, question, threads) for question in waiting().questions]
    comments = _comments(scene, said, threads, questions)
    every = [*comments, *questions]
    for thread in threads.values():
        own = [one for one in every if one.thread_id == thread.pk]
        thread.count = sum(one.state == State.PUBLISHED for one in own)
        thread.last = thread.rev = len(own)
        thread.spoken_at = max(one.created_at for one in own)
        thread.answered_at = max((one.created_at for one in own if one.by_team), default=None)
    Thread.objects.bulk_update(threads.values(), ["count", "last", "rev", "spoken_at", "answered_at"])
    follows = {(one.thread_id, one.author_id) for one in every}
    Follow.objects.bulk_create([Follow(thread_id=thread, user_id=user) for thread, user in sorted(follows)])
    _signs(scene, said, comments)
    _desk(scene, places, comments)
    _news(scene, every)
    return every


def _threads(scene: Scene, said: Sequence[Spoken]) -> dict[str, Thread]:
    stems = dict.fromkeys([one.post for one in said] + [one.post for one in waiting().questions])
    rows = [Thread(community=scene.posts[s].community, kind=Post.KIND, object_id=scene.posts[s].pk) for s in stems]
    return dict(zip(stems, Thread.objects.bulk_create(rows), strict=True))


def _comments(
    scene: Scene, said: Sequence[Spoken], threads: Mapping[str, Thread], questions: Sequence[Comment]
) -> list[Comment]:
    """Numbers follow the clock within a thread, whatever branch somebody answered in; open questions stand among the rest."""
    rows: list[Comment] = []
    for one in said:
        post = scene.posts[one.post]
        assert post.opens_at is not None
        at = min(post.opens_at + one.after, scene.now - CALM)
        rows.append(_comment(scene, threads[one.post], post, one.by, one.text, at))
        if one.edited:
            rows[-1].edited_at = post.opens_at + one.edited
    for thread in threads.values():
        own = sorted((row for row in (*rows, *questions) if row.thread_id == thread.pk), key=lambda row: row.created_at)
        for number, row in enumerate(own, start=1):
            row.number = row.root = number
    for one, row in zip(said, rows, strict=True):
        if one.parent is not None:
            row.root = rows[one.parent].number
    Comment.objects.bulk_create([*rows, *questions])
    for one, row in zip(said, rows, strict=True):
        if one.parent is not None:
            row.answers = rows[one.to if one.to is not None else one.parent]
        if one.removed:
            row.state, row.source, row.html = State.REMOVED, "", ""
    Comment.objects.bulk_update(rows, ["answers", "state", "source", "html"])
    Revision.objects.bulk_create(
        [
            Revision(comment=row, source=one.before, at=row.edited_at or row.created_at)
            for one, row in zip(said, rows, strict=True)
            if one.edited
        ]
    )
    return rows


def _comment(scene: Scene, thread: Thread, post: Post, by: str, text: str, at: dt.datetime) -> Comment:
    author = scene.users[by]
    return Comment(
        community=post.community,
        thread=thread,
        author=author,
        source=text,
        html=render(text, images={}, people=Calling(post.community, _thing(post))).html,
        by_team=(post.community_id, author.pk) in scene.team,
        created_at=at,
    )


def _thing(post: Post) -> Thing:
    return Thing(
        kind=Post.KIND, id=post.pk, community_id=post.community_id, title=post.title, url=post.url, readable=True
    )


def _question(scene: Scene, question: Question, threads: Mapping[str, Thread]) -> Comment:
    """Nobody of the team has answered it."""
    post, thread = scene.posts[question.post], threads[question.post]
    return _comment(scene, thread, post, question.by, question.text, scene.now - question.ago)


def _signs(scene: Scene, said: Sequence[Spoken], comments: Sequence[Comment]) -> None:
    rows: list[Reaction] = []

    def add(
        community: Community, kind: str, object_id: int, since: dt.datetime, signs: Mapping[str, Sequence[str]]
    ) -> None:
        for emoji, handles in signs.items():
            for turn, handle in enumerate(handles, start=1):
                at = min(since + dt.timedelta(minutes=37 * turn), scene.now - CALM)
                who = scene.users[handle]
                rows.append(Reaction(community=community, kind=kind, object_id=object_id, user=who, emoji=emoji, at=at))

    for one, row in zip(said, comments, strict=True):
        if row.state == State.PUBLISHED:
            add(row.community, Comment.KIND, row.pk, row.created_at, one.reactions)
    for stem, signs in post_reactions().items():
        post = scene.posts[stem]
        if post.opens_at:
            add(post.community, Post.KIND, post.pk, post.opens_at, signs)
    Reaction.objects.bulk_create(rows)
    _calls(scene, comments)


def _calls(scene: Scene, comments: Sequence[Comment]) -> None:
    """Who was called by name; nobody is told anew of what is long past."""
    rows = []
    for row in comments:
        for handle, user in scene.users.items():
            if f"@{handle}" in row.source and user.pk != row.author_id:
                rows.append(Mention(kind=Comment.KIND, object_id=row.pk, user=user))
    Mention.objects.bulk_create(rows, ignore_conflicts=True)


def _desk(scene: Scene, places: Mapping[str, Community], comments: Sequence[Comment]) -> None:
    """What waits for the team: somebody at the door, and two reports."""
    asked = waiting().join_request
    place = places[asked.community]
    questions: list[Any] = list(place.questions.order_by("position"))
    answers = [[str(question), answer] for question, answer in zip(questions, asked.answers, strict=False)]
    JoinRequest.objects.create(
        community=place, user=scene.users[asked.handle], answers=answers, created_at=scene.now - asked.ago
    )
    Report.objects.bulk_create(
        [
            Report(
                community=comments[report.comment].community,
                kind=Comment.KIND,
                object_id=comments[report.comment].pk,
                reporter=scene.users[report.by],
                reason=report.reason,
                note=report.note,
                created_at=scene.now - report.ago,
            )
            for report in waiting().reports
        ]
    )


def _news(scene: Scene, comments: Sequence[Comment]) -> None:
    """What was said lately stands on the bells of those who were answered or whose post it is about; mail went out long ago."""
    authors = {post.pk: post.author_id for post in scene.posts.values()}
    rows = []
    for one in comments:
        thread, age = one.thread, scene.now - one.created_at
        if age > OLD or one.state != State.PUBLISHED:
            continue
        kind, hears = ("answer", one.answers.author_id) if one.answers else ("comment", authors[thread.object_id])
        if hears == one.author_id:
            continue
        rows.append(
            Notification(
                user_id=hears,
                community_id=one.community_id,
                kind=kind,
                key=f"comment:{one.pk}",
                actor_id=one.author_id,
                about_kind=Comment.KIND,
                about_id=one.pk,
                topic=f"{thread.kind}:{thread.object_id}",
                at=one.created_at,
                seen_at=None if age < FRESH else one.created_at + FRESH,
            )
        )
    rows.sort(key=lambda row: row.at)
    Notification.objects.bulk_create(rows)
    newest = {row.user_id: row.at for row in rows}
    for user in scene.users.values():
        user.bell_at = newest.get(user.pk)
        user.bell_seen_at = scene.now - FRESH
    User.objects.bulk_update(scene.users.values(), ["bell_at", "bell_seen_at"])
