"""The past of the demo: ledger rows at the moments when things happened, visits, and what members had on screen."""

import datetime as dt
from collections.abc import Sequence
from random import Random
from typing import Any

from django.utils import timezone

from communities.access.models import Opening, State
from communities.activity.models import Activity
from communities.comments.models import Comment
from communities.discussion.models import Message
from communities.members.models import MEMBER_LEVEL, Member, Seen, Visit
from communities.reactions.models import Reaction
from communities.safety.models import Act
from config.demo.people import climbed
from content.posts.models import Post

DAYS = 60


def remember(
    members: Sequence[Member],
    posts: Sequence[Post],
    openings: Sequence[Opening],
    acts: Sequence[Act],
    said: Sequence[Comment | Message],
) -> None:
    """One ledger row for each thing, under the key that its action would have used, so that nothing is announced anew."""
    now = timezone.now()
    rows: list[Activity] = []

    def add(verb: str, at: dt.datetime, key: str, **facts: Any) -> None:
        if at <= now:
            rows.append(Activity(verb=verb, occurred_at=at, key=key, **facts))

    for member in members:
        of: dict[str, Any] = {"community_id": member.community_id, "kind": "member", "object_id": member.pk}
        if member.role == "owner":
            place: dict[str, Any] = {
                "community_id": member.community_id,
                "kind": "community",
                "object_id": member.community_id,
            }
            key = f"community.founded:{member.community_id}"
            add("community.founded", member.joined_at, key, actor_id=member.user_id, **place)
        else:
            add("member.joined", member.joined_at, f"member.joined:{member.pk}", actor_id=member.user_id, **of)
        if member.rung > MEMBER_LEVEL:
            steps: dict[str, Any] = {"before": MEMBER_LEVEL, "after": member.rung}
            add("member.rung_changed", climbed(member), f"member.rung_changed:demo:{member.pk}", **steps, **of)
    by_id = {post.pk: post for post in posts}
    for post in posts:
        if post.opens_at and post.state != State.DRAFT:
            of = {"community_id": post.community_id, "kind": Post.KIND, "object_id": post.pk}
            key = f"post.published:{post.pk}"
            add("post.published", post.opens_at, key, actor_id=post.author_id, after=post.rung, **of)
    for opening in openings:
        of = {"community_id": by_id[opening.object_id].community_id, "kind": "opening", "object_id": opening.pk}
        add("post.opened", opening.at, f"post.opened:{opening.pk}", after=opening.rung, **of)
    for act in acts:
        of = {"community_id": act.community_id, "kind": act.kind, "object_id": act.object_id}
        add(f"safety.{act.verb}", act.at, f"safety.{act.verb}:demo:{act.pk}", actor_id=act.actor_id, **of)
    for row in said:
        of = {"community_id": row.community_id, "kind": row.KIND, "object_id": row.pk}
        verb = "direct.written" if isinstance(row, Message) and row.room.direct else f"{row.KIND}.written"
        add(verb, row.created_at, f"{verb}:{row.pk}", actor_id=row.author_id, **of)
    for sign in Reaction.objects.all():
        of = {"community_id": sign.community_id, "kind": sign.kind, "object_id": sign.object_id}
        add("reaction.given", sign.at, f"reaction.given:demo:{sign.pk}", actor_id=sign.user_id, **of)
    rows.sort(key=lambda row: row.occurred_at)
    Activity.objects.bulk_create(rows)


def come_and_go(members: Sequence[Member], posts: Sequence[Post], today: dt.date) -> None:
    """Sixty days of visits, some people daily and some hardly ever, and what each saw of what was listed to them by then."""
    rng = Random("who was here")
    visits: list[Visit] = []
    seen: list[Seen] = []
    for member in members:
        joined = member.joined_at.date()
        often = rng.choice((0.04, 0.1, 0.2, 0.35, 0.6)) if member.role == "member" else 0.85
        days = [today - dt.timedelta(days=back) for back in range(DAYS, 0, -1)]
        days = [day for day in days if day > joined and rng.random() < often]
        visits += [Visit(member=member, day=day) for day in days]
        for post in posts:
            if post.community_id != member.community_id or post.state != State.PUBLISHED or post.opens_at is None:
                continue
            later = [day for day in days if day > post.opens_at.date()]
            if later and member.rung >= post.listed_rung and rng.random() < 0.72:
                seen.append(Seen(member=member, kind=Post.KIND, object_id=post.pk, day=later[0]))
    Visit.objects.bulk_create(visits)
    Seen.objects.bulk_create(seen)
