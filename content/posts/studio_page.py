"""What the writing page shows beside the form itself."""

from typing import Any

from django.conf import settings
from django.urls import reverse

from communities.access.models import State
from communities.files.models import File
from communities.spaces.request import PlaceRequest
from communities.ui.focus import point_at_first_mistake
from content.posts.forms import LATER, TEASER, PostForm
from content.posts.kinds import KINDS
from content.posts.models import Post

# name, icon and key of what the toolbar does; editor.js knows the names.
TOOLS = ("bold", "italic", "heading", "link", "quote", "list", "code")


def page_of(request: PlaceRequest, form: PostForm, post: Post | None) -> dict[str, Any]:
    place = request.community.slug
    point_at_first_mistake(form, "title", "teaser", "body")
    page: dict[str, Any] = {
        "form": form,
        "post": post,
        "cover": _cover(post),
        "kinds": [
            {"kind": kind, "fields": [(form[f"{kind.slug}_{detail.name}"], detail.required) for detail in kind.details]}
            for kind in KINDS.values()
            if kind.details
        ],
        "later": [(form[f"opening_rung_{number}"], form[f"opening_at_{number}"]) for number in LATER],
        "later_open": any(form[f"opening_rung_{number}"].value() for number in LATER) or _wrong_in(form, "opening_"),
        "teaser_most": TEASER,
        "upload_most": settings.UPLOAD_MAX_BYTES,
        "upload_most_mb": settings.UPLOAD_MAX_BYTES // (1024 * 1024),
        "shown_url": reverse("posts:shown", args=[place]),
        "tools": TOOLS,
    }
    if post is None:
        return page | {
            "action_url": reverse("posts:new", args=[place]),
            "save_url": reverse("posts:start", args=[place]),
        }
    return page | {
        "action_url": reverse("posts:write", args=[place, post.pk]),
        "save_url": reverse("posts:save", args=[place, post.pk]),
        "files_url": reverse("posts:upload", args=[place, post.pk]),
        "is_draft": post.state == State.DRAFT,
        "is_scheduled": post.is_scheduled,
        "is_out": post.state != State.DRAFT and not post.is_scheduled,
        "is_mine": post.author_id == request.viewer.user_id,
        "unsent": post.state != State.DRAFT and bool(post.working),
    }


def _cover(post: Post | None) -> Any:
    if post is None:
        return None
    working = post.working or {}
    if "cover_id" not in working:
        return post.cover
    return File.objects.filter(pk=working["cover_id"]).first()


def _wrong_in(form: PostForm, start: str) -> bool:
    return form.is_bound and any(name.startswith(start) for name in form.errors)
