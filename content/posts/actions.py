"""Writes of posts: drafts that are saved as one types, publishing now or later, edits that go out at once, and taking back."""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Exists, F, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from communities.access.models import Opening, State
from communities.access.rules import require
from communities.access.texts import ask_text_gates, facts_of
from communities.access.viewer import Viewer
from communities.access.words import words_changed
from communities.activity.actions import record
from communities.activity.models import Activity
from communities.comments.mentions import Calling
from communities.files.models import File
from communities.spaces.models import Rung, Space
from communities.ui import pagecache
from communities.ui.markdown import TextTooHard
from content.posts.kinds import KINDS
from content.posts.models import Byline, Imported, OldPath, Post, Tag
from content.posts.writing import render_body, slug_of

FIELDS = ("title", "kind", "teaser", "source", "details", "language", "cover_id")
Audience = Sequence[tuple[int, dt.datetime]]  # (rung, from when on)


class OtherTab(Exception):
    """The post was saved elsewhere in the meantime; nothing was overwritten."""


@transaction.atomic
def start_draft(
    viewer: Viewer,
    *,
    space: Space,
    request: uuid.UUID | None = None,
    typed: dict[str, str] | None = None,
    **fields: Any,
) -> Post:
    """A new draft; asked twice with the same request id there is one. Records nothing: a draft is nobody's business yet.

    typed: what stands in the form beside the text (audience, dates, tags), kept as it was typed until it is published.
    """
    require(viewer, "write", space)
    assert viewer.user_id is not None
    defaults = {"community_id": space.community_id, "space": space, **_known(fields)}
    if typed is not None:
        defaults["working"] = {"typed": typed}
    post, _new = Post.objects.get_or_create(
        author_id=viewer.user_id, request=request or uuid.uuid4(), defaults=defaults
    )
    return post


@transaction.atomic
def save_draft(
    viewer: Viewer,
    *,
    post: Post,
    rev: int,
    space: Space | None = None,
    typed: dict[str, str] | None = None,
    **fields: Any,
) -> int:
    """Autosave: takes anything, finished or not. Of a published post it goes into `working` and nobody sees it yet.

    rev: what the writer's page was made from. Returns the new one; raises OtherTab where another tab saved since.
    """
    require(viewer, "edit", post)
    known = _known(fields)
    if space is not None:
        require(viewer, "write", space)
    kept = {"typed": typed} if typed is not None else {}
    if post.state == State.DRAFT:
        left = {name: value for name, value in (post.working or {}).items() if name not in known}
        changes: dict[str, Any] = {**known, "working": {**left, **kept} or None}
        if space:
            changes["space"] = space
    else:
        working = {**(post.working or {}), **known, **({"space_id": space.pk} if space else {}), **kept}
        changes = {"working": working}
    if not Post.objects.filter(pk=post.pk, rev=rev).update(rev=rev + 1, **changes):
        raise OtherTab
    for name, value in changes.items():
        setattr(post, name, value)
    post.rev = rev + 1
    return post.rev


@transaction.atomic
def publish_post(
    viewer: Viewer,
    *,
    post: Post,
    rung: int = 0,
    opens_at: dt.datetime | None = None,
    openings: Audience = (),
    listed_rung: int = 0,
) -> Post:
    """Gives a draft (or a published post, again) its audience and its date; in the future it opens by itself.

    rung: who reads it from opens_at on; openings: lower rungs that follow later. Nothing opens below the space.
    Records post.published once it is out (`announce_opened` does for what opens later).
    """
    _take_turn(post)
    require(viewer, "edit", post)
    require(viewer, "write", post.space)
    if post.state not in (State.DRAFT, State.PUBLISHED):
        raise ValidationError(_("A hidden post cannot be published. Ask the team to restore it first."))
    now = timezone.now()
    if post.state == State.DRAFT and post.opens_at is not None:  # it was out before and comes back with other words
        post.edited_at = now
    _check(post)
    starts = opens_at or (post.opens_at if post.state == State.PUBLISHED else None) or now
    _set_audience(post, rung=rung, listed_rung=listed_rung, starts=starts, openings=openings)
    _render(post)
    if post.state == State.DRAFT:
        ask_text_gates(viewer, kind=Post.KIND, text=post.source, facts=facts_of(post.source, post.html))
    post.state = State.PUBLISHED
    post.opens_at = starts
    post.slug = slug_of(post.title)
    post.working = None
    post.rev += 1
    post.save()
    words_changed(Post.KIND, [post.pk])
    announce(post)
    pagecache.bump(post.community.slug)
    return post


@transaction.atomic
def edit_post(viewer: Viewer, *, post: Post, space: Space | None = None, **fields: Any) -> Post:
    """Changes a published post for everybody at once, with what was autosaved and what is given. Records post.edited."""
    _take_turn(post)
    require(viewer, "edit", post)
    working = post.working or {}
    if space is None and working.get("space_id"):
        space = Space.objects.filter(community_id=post.community_id, pk=working["space_id"]).first()
    if space is not None and space != post.space:
        require(viewer, "write", space)
        post.space = space
        _follow_space(post)
    for name, value in _known({**working, **fields}).items():
        setattr(post, name, value)
    _check(post)
    _render(post)
    ask_text_gates(viewer, kind=Post.KIND, text=post.source, facts=facts_of(post.source, post.html, new=False))
    post.slug = slug_of(post.title)
    post.working = None
    post.edited_at = timezone.now()
    post.rev += 1
    post.save()
    words_changed(Post.KIND, [post.pk])
    record("post.edited", community=post.community_id, actor=viewer.user_id, obj=post)
    pagecache.bump(post.community.slug)
    return post


@transaction.atomic
def discard_edits(viewer: Viewer, *, post: Post) -> None:
    """Drops what was written on a published post and never went out. Records nothing: nobody saw it."""
    require(viewer, "edit", post)
    if post.state == State.DRAFT:
        raise ValidationError(_("A draft has nothing else to go back to. Remove it instead."))
    Post.objects.filter(pk=post.pk).update(working=None, rev=F("rev") + 1)


@transaction.atomic
def unpublish_post(viewer: Viewer, *, post: Post) -> None:
    """Back to the drafts of its author. Records post.unpublished."""
    require(viewer, "edit", post)
    if post.author_id != viewer.user_id:
        raise PermissionDenied
    working = post.working or {}  # what was written since goes on in the draft
    changes = {**_known(working), "working": {"typed": working["typed"]} if "typed" in working else None}
    published = Post.objects.filter(pk=post.pk, state=State.PUBLISHED)
    if not published.update(state=State.DRAFT, rev=F("rev") + 1, **changes):
        raise ValidationError(_("Only a published post can go back to the drafts."))
    post.state = State.DRAFT
    words_changed(Post.KIND, [post.pk])
    record("post.unpublished", community=post.community_id, actor=viewer.user_id, obj=post)
    pagecache.bump(post.community.slug)


@transaction.atomic
def remove_post(viewer: Viewer, *, post: Post) -> None:
    """Leaves a tombstone that nobody reads; comments and ledger keep their place. Records post.removed."""
    require(viewer, "edit", post)
    Post.objects.filter(pk=post.pk).update(state=State.REMOVED, opens_at=post.opens_at or timezone.now())
    post.state = State.REMOVED
    words_changed(Post.KIND, [post.pk])
    record("post.removed", community=post.community_id, actor=viewer.user_id, obj=post)
    pagecache.bump(post.community.slug)


@transaction.atomic
def erase_post(post: Post) -> None:
    """Its author left and wants it gone: a tombstone without a word, a picture, a tag, a name or an old address."""
    empty = Post(author_id=post.author_id, community_id=post.community_id)
    words = (
        "title",
        "slug",
        "teaser",
        "source",
        "html",
        "excerpt",
        "details",
        "language",
        "words",
        "minutes",
        "pictures",
    )
    wiped = {name: getattr(empty, name) for name in words}
    opens_at = post.opens_at or timezone.now()
    gone = {"cover": None, "working": None, "state": State.REMOVED, "opens_at": opens_at, "rev": F("rev") + 1}
    Post.objects.filter(pk=post.pk).update(**wiped, **gone)
    post.tags.clear()
    Byline.objects.filter(post=post).delete()
    OldPath.objects.filter(post=post).delete()
    Imported.objects.filter(post=post).delete()
    words_changed(Post.KIND, [post.pk])
    if post.state != State.DRAFT:
        record("post.removed", community=post.community_id, actor=post.author_id, obj=post)
    pagecache.bump(post.community.slug)


def announce(post: Post) -> bool:
    """post.published, once a post, when it is out. True where that was new."""
    assert post.opens_at is not None
    if post.opens_at > timezone.now():
        return False
    row = record(
        "post.published",
        community=post.community_id,
        actor=post.author_id,
        obj=post,
        occurred_at=post.opens_at,
        after=post.rung,
        key=f"post.published:{post.pk}",
    )
    return row is not None


def announce_opened(limit: int = 100) -> int:
    """What opened by the clock is announced: the post itself, and each later opening with its rung. Returns how many were new.

    Archives announce nothing, whatever their dates.
    """
    now = timezone.now()
    since = now - dt.timedelta(days=30)
    told = Activity.objects.filter(kind=Post.KIND, object_id=OuterRef("pk"), verb="post.published")
    fresh = Post.objects.out().filter(~Exists(told), opens_at__gt=since, imported__isnull=True)
    done = 0
    for post in fresh.without_text().order_by("opens_at")[:limit]:
        with transaction.atomic():
            done += announce(post)
    told = Activity.objects.filter(kind="opening", object_id=OuterRef("pk"), verb="post.opened")
    openings = Opening.objects.filter(~Exists(told), kind=Post.KIND, at__gt=since, at__lte=now).order_by("at")[:limit]
    posts = Post.objects.out().without_text().in_bulk([opening.object_id for opening in openings])
    for opening in openings:
        if opening.object_id in posts:
            with transaction.atomic():
                done += _announce_opening(posts[opening.object_id], opening)
    return done


def _announce_opening(post: Post, opening: Opening) -> bool:
    row = record(
        "post.opened",
        community=post.community_id,
        kind="opening",
        object_id=opening.pk,
        occurred_at=opening.at,
        after=opening.rung,
        key=f"post.opened:{opening.pk}",
    )
    return row is not None


@transaction.atomic
def set_tags(post: Post, names: Sequence[str]) -> None:
    """At most ten; a tag exists once a community, whatever its capitals."""
    tags = []
    for name in [" ".join(raw.split())[:60] for raw in names if raw.strip()][:10]:
        tag, _new = Tag.objects.get_or_create(
            community_id=post.community_id, slug=slug_of(name)[:60], defaults={"name": name}
        )
        tags.append(tag)
    post.tags.set(tags)
    words_changed(Post.KIND, [post.pk])


@transaction.atomic
def set_bylines(post: Post, names: Sequence[tuple[str, int | None]]) -> None:
    """names: (name, user id or None), in the order they are shown."""
    post.bylines.all().delete()
    Byline.objects.bulk_create(
        [Byline(post=post, position=at, name=name[:80], user_id=user_id) for at, (name, user_id) in enumerate(names)]
    )


def _take_turn(post: Post) -> None:
    """Holds the row until commit, on either database: who hid or removed the post since it was read is not overwritten."""
    Post.objects.filter(pk=post.pk).update(rev=F("rev"))
    post.state = Post.objects.values_list("state", flat=True).get(pk=post.pk)


def _known(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: fields[name] for name in FIELDS if name in fields}


def _check(post: Post) -> None:
    """What a post needs before anybody sees it, each with a sentence at its field."""
    wrong: dict[str, str] = {}
    if not post.title.strip():
        wrong["title"] = _("Give it a title: it is what people click.")
    if not post.source.strip():
        wrong["body"] = _("There is nothing in it yet.")
    if post.kind not in KINDS:
        wrong["kind"] = _("There is no such kind of post.")
    else:
        for detail in KINDS[post.kind].details:
            if detail.required and not post.details.get(detail.name):
                wrong[detail.name] = _("%(field)s is needed here.") % {"field": detail.label}
    if post.cover_id and not File.objects.filter(pk=post.cover_id, parent_kind=Post.KIND, parent_id=post.pk).exists():
        post.cover_id = None
    if wrong:
        raise ValidationError(wrong)


def _render(post: Post) -> None:
    try:
        body = render_body(post.source, post_id=post.pk, people=Calling(post.community, None))
    except TextTooHard as problem:
        raise ValidationError({"body": str(problem)}) from problem
    post.html, post.excerpt, post.words, post.minutes, post.pictures = (
        body.html,
        body.excerpt,
        body.words,
        body.minutes,
        body.pictures,
    )


def _set_audience(post: Post, *, rung: int, listed_rung: int, starts: dt.datetime, openings: Audience) -> None:
    levels = {0, *Rung.objects.filter(community_id=post.community_id).values_list("level", flat=True)}
    if not {rung, listed_rung, *(level for level, _at in openings)} <= levels:
        raise ValidationError({"audience": _("This community has no such step.")})
    last_rung, last_at = rung, starts
    for level, at in sorted(openings, key=lambda pair: pair[1]):
        if level >= last_rung or at <= last_at:
            raise ValidationError(
                {"openings": _("Each later date has to open the post to more people than the one before.")}
            )
        last_rung, last_at = level, at
    post.own_rung, post.own_listed_rung = rung, min(listed_rung, last_rung)
    mine = Opening.objects.filter(kind=Post.KIND, object_id=post.pk)
    mine.exclude(own_rung__in=[level for level, _at in openings]).delete()
    for level, at in openings:  # a row that stays keeps its id: what was announced once is not announced again
        mine.update_or_create(
            own_rung=level, defaults={"kind": Post.KIND, "object_id": post.pk, "rung": level, "at": at}
        )
    _follow_space(post)


def _follow_space(post: Post) -> None:
    """The post's rungs are never below its space's, nor are its openings."""
    post.rung = max(post.own_rung, post.own_listed_rung, post.space.rung)
    post.listed_rung = max(post.own_listed_rung, post.space.listed_rung)
    for opening in Opening.objects.filter(kind=Post.KIND, object_id=post.pk):
        Opening.objects.filter(pk=opening.pk).update(rung=max(opening.own_rung, post.space.rung))
