"""Between the form and the post: what a page starts from, saving what stands in it, and letting it out."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils import timezone

from communities.access.models import Opening, State
from communities.access.rules import writable_spaces
from communities.access.viewer import Viewer
from communities.members.models import Member
from communities.spaces.clock import typed_of
from communities.spaces.models import Community, Space
from content.posts.actions import edit_post, publish_post, save_draft, set_bylines, set_tags, start_draft
from content.posts.audiences import Audience, offered_to, word_of
from content.posts.forms import LATER, PostForm
from content.posts.kinds import KINDS
from content.posts.models import Post


def form_for(viewer: Viewer, community: Community, post: Post | None, data: Any = None, **kwargs: Any) -> PostForm:
    """The form of a post (None: a new one) with the spaces and audiences that this viewer may choose."""
    spaces = writable_spaces(viewer, Space.objects.filter(community=community))
    audiences = offered_to(viewer, community)
    if post is not None:
        current = _space_id(post)
        if current not in {space.pk for space in spaces}:
            spaces += list(Space.objects.filter(community=community, pk=current))
        kwargs.setdefault("initial", initial_of(post, audiences))
        kwargs["is_out"] = post.state != State.DRAFT and not post.is_scheduled
    return PostForm(data, community=community, spaces=spaces, audiences=audiences, **kwargs)


def initial_of(post: Post, audiences: list[Audience]) -> dict[str, Any]:
    """What the form shows of a post: its rows, over them the text that is not out yet, over that what stood typed beside it."""
    working = post.working or {}
    beside = working["typed"] if "typed" in working else _beside(post, audiences)
    space_id = _space_id(post)
    space = post.space if post.space_id == space_id else Space.objects.filter(pk=space_id).first() or post.space
    return {
        "title": working.get("title", post.title),
        "teaser": working.get("teaser", post.teaser),
        "body": working.get("source", post.source),
        "kind": working.get("kind", post.kind),
        "space": space.slug,
        "rev": post.rev,
        "request": post.request,
        **beside,
    }


def _space_id(post: Post) -> int:
    return (post.working or {}).get("space_id", post.space_id)


def _beside(post: Post, audiences: list[Audience]) -> dict[str, str]:
    zone = post.community.zone
    typed = {
        "tags": ", ".join(post.tags.values_list("name", flat=True)),
        "bylines": ", ".join(f"@{line.user.handle}" if line.user else line.name for line in _bylines(post)),
        "audience": word_of(post.own_rung, audiences),
        "unlisted": "on" if post.own_listed_rung else "",
        "opens": typed_of(post.opens_at, zone) if post.is_scheduled else "",
    }
    openings = Opening.objects.filter(kind=Post.KIND, object_id=post.pk).order_by("at")
    for number, opening in zip(LATER, openings, strict=False):
        typed[f"opening_rung_{number}"] = word_of(opening.own_rung, audiences)
        typed[f"opening_at_{number}"] = typed_of(opening.at, zone)
    for detail in KINDS[post.kind].details:
        value = post.details.get(detail.name, "")
        if detail.type == "datetime" and value:
            value = typed_of(dt.datetime.fromisoformat(value), zone)
        typed[f"{post.kind}_{detail.name}"] = str(value)
    return {name: value for name, value in typed.items() if value}


def _bylines(post: Post) -> Any:
    return post.bylines.select_related("user")


def keep(viewer: Viewer, form: PostForm, post: Post | None, **more: Any) -> Post:
    """Saves what stands in the form, finished or not. Asked again with the same text nothing changes.

    more: columns that are not typed (cover_id). Raises content.posts.actions.OtherTab where somebody saved something else.
    """
    rev = form.rev_typed()
    space = form.space_typed()
    if post is None:
        post = start_draft(
            viewer,
            space=space or form.spaces[0],
            request=form.request_id(),
            typed=form.beside(),
            **form.texts(),
        )
        if post.state != State.DRAFT and _same_text(post, form):
            return post  # sent twice, and the first one went out
        rev = rev or 1
    if not more and _same_text(post, form) and form.beside() == _typed_before(post, form):
        return post
    moved = space if space is not None and space.pk != _space_id(post) else None
    save_draft(viewer, post=post, rev=rev, space=moved, typed=form.beside(), **form.texts(), **more)
    return post


def _same_text(post: Post, form: PostForm) -> bool:
    space = form.space_typed()
    before = {**{name: getattr(post, name) for name in form.texts()}, **(post.working or {})}
    same_place = space is None or space.pk == _space_id(post)
    return same_place and all(before[name] == value for name, value in form.texts().items())


def _typed_before(post: Post, form: PostForm) -> dict[str, str]:
    working = post.working or {}
    return working["typed"] if "typed" in working else _beside(post, list(form.audiences))


@transaction.atomic
def release(viewer: Viewer, form: PostForm, post: Post, *, at_once: bool = False) -> Post:
    """A valid form goes out: a draft is published or scheduled, a published post is changed, with audience and dates.

    at_once: whatever date stands in the form. Raises ValidationError for what only the actions know.
    """
    fields = {**form.texts(), "details": form.details()}
    audience, opens = form.reach(), None if at_once else form.cleaned_data.get("opens")
    set_tags(post, form.names("tags"))
    set_bylines(post, _signed(viewer, post, _people(post, form.names("bylines"))))
    if post.state == State.DRAFT:
        for name, value in fields.items():
            setattr(post, name, value)
        return publish_post(viewer, post=post, opens_at=opens, **audience)
    waiting = post.is_scheduled
    before = _beside(post, list(form.audiences))
    post = edit_post(viewer, post=post, space=form.space_typed(), **fields)
    if post.state == State.PUBLISHED and _audience_of(before) != _audience_of(form.beside()):
        starts = (opens or timezone.now()) if waiting else None
        post = publish_post(viewer, post=post, opens_at=starts, **audience)
    return post


def _audience_of(typed: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in typed.items() if name in ("audience", "unlisted") or name.startswith("open")}


def _signed(viewer: Viewer, post: Post, names: list[tuple[str, int | None]]) -> list[tuple[str, int | None]]:
    """The team signs for others; a member may name who else wrote it, but never in place of themselves."""
    if not names or viewer.is_team or viewer.user_id in {user_id for _name, user_id in names}:
        return names
    return [(str(post.author), viewer.user_id), *names]


def _people(post: Post, names: list[str]) -> list[tuple[str, int | None]]:
    """@handles of this community's members become links to them; every other name stays a name."""
    handles = {name[1:].lower() for name in names if name.startswith("@")}
    known = {
        member.user.handle: member.user
        for member in Member.objects.filter(community=post.community_id, user__handle__in=handles).select_related(
            "user"
        )
    }
    lines: list[tuple[str, int | None]] = []
    for name in names[:20]:
        user = known.get(name[1:].lower()) if name.startswith("@") else None
        lines.append((str(user), user.pk) if user else (name, None))
    return lines
