"""The writing pages: one form for a new and an old post, its autosave, its live preview, and taking back."""

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from communities.access.gates import for_writing, needs_account
from communities.access.models import State
from communities.access.rules import require
from communities.access.texts import unhurried
from communities.comments.mentions import Calling
from communities.files.refusal import UploadRefused
from communities.safety.limits import PREVIEWS
from communities.safety.pace import keep_pace
from communities.spaces.request import PlaceRequest
from communities.ui.markdown import TextTooHard
from content.posts import actions
from content.posts.actions import OtherTab
from content.posts.drafting import form_for, keep, release
from content.posts.forms import PostForm
from content.posts.kinds import KINDS
from content.posts.models import Post
from content.posts.studio_files import take_picture, with_picture
from content.posts.studio_gate import own_post, require_pen
from content.posts.studio_lists import drafts_of
from content.posts.studio_page import page_of
from content.posts.writing import render_body


@require_http_methods(["GET", "HEAD", "POST"])
@for_writing
def new(request: PlaceRequest, community: str) -> HttpResponse:
    """An empty page, with an id made here, so that sending it twice makes one post; nothing is stored before something is typed."""
    if not request.user.is_authenticated:
        return signed_out(request)
    require_pen(request)
    if request.method == "POST":
        return _sent(request, None)
    form = form_for(request.viewer, request.community, None, initial={"request": uuid.uuid4(), "rev": 0})
    kind = request.GET.get("kind", "")
    kind = kind if kind in KINDS else "update"
    form.initial = {**form.initial, "kind": kind, "audience": "public", "space": request.GET.get("space", "")}
    drafts = drafts_of(request.viewer)[:6]
    return render(
        request, "studio/write.html", page_of(request, form, None) | {"drafts": drafts, "prompt": KINDS[kind].prompt}
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_writing
def write(request: PlaceRequest, community: str, post_id: int) -> HttpResponse:
    if not request.user.is_authenticated:
        return signed_out(request)
    post = own_post(request, post_id)
    if request.method == "POST":
        return _sent(request, post)
    form = form_for(request.viewer, request.community, post)
    return render(request, "studio/write.html", page_of(request, form, post))


def signed_out(request: HttpRequest) -> HttpResponse:
    """On to sign-in; but who sends a text after the session ended gets it back, with the way to send it again."""
    kept = [(name, value) for name, value in request.POST.items() if name != "csrfmiddlewaretoken"]
    if request.method != "POST" or not any(request.POST.get(name, "").strip() for name in ("title", "body")):
        return redirect_to_login(request.get_full_path())
    page = {"kept": kept, "title": request.POST.get("title", ""), "body": request.POST.get("body", "")}
    return render(request, "studio/signed_out.html", page, status=403)


def _sent(request: PlaceRequest, post: Post | None) -> HttpResponse:
    """Saved first, whatever it is; then what the button says."""
    data = request.POST.copy()
    action = data.get("action", "publish")
    form = form_for(request.viewer, request.community, post, data, files=request.FILES)
    try:
        post = keep(request.viewer, form, post)
        problem = _take_files(request, form, post)
    except OtherTab:
        return _other_tab(request, post or _started(request, form), data)
    if problem:
        return render(request, "studio/write.html", _as_typed(request, post, data) | {"refused": problem})
    if action in ("publish", "schedule") and post.state != State.REMOVED:
        return _let_out(request, form, post, needs_date=action == "schedule")
    if action == "preview":
        return redirect("posts:preview", request.community.slug, post.pk)
    if action == "save":
        messages.success(request, _("Saved. Nobody sees it before you publish it."))
    return redirect("posts:write", request.community.slug, post.pk)


def _started(request: HttpRequest, form: PostForm) -> Post:
    mine = Post.objects.select_related("community", "space").filter(author_id=request.user.pk)
    request_id = form.request_id()
    assert request_id is not None  # the draft was started under it
    return mine.get(request=request_id)


def _take_files(request: PlaceRequest, form: PostForm, post: Post) -> dict[str, str]:
    """Pictures that came with the form itself. Returns what was refused, by field."""
    refused: dict[str, str] = {}
    for field, alt in (("file", "alt"), ("cover", "cover_alt")):
        sent = request.FILES.get(field)
        if sent is None:
            continue
        try:
            file = take_picture(request, post, sent, form.typed(alt))
        except UploadRefused as refusal:
            refused[field] = refusal.sentence
            continue
        more: dict[str, Any] = {"cover_id": file.pk} if field == "cover" else {}
        if field == "file":
            form.data["body"] = with_picture(form.typed("body"), file)  # type: ignore[index]
            more = {"source": form.typed("body")}
        actions.save_draft(request.viewer, post=post, rev=post.rev, typed=form.beside(), **more)
    if form.typed("drop_cover") and "cover" not in request.FILES:
        actions.save_draft(request.viewer, post=post, rev=post.rev, typed=form.beside(), cover_id=None)
    return refused


def _let_out(request: PlaceRequest, form: PostForm, post: Post, *, needs_date: bool) -> HttpResponse:
    was_draft = post.state == State.DRAFT
    refusal = None
    if form.is_valid() and needs_date and "opens" in form.fields and not form.cleaned_data["opens"]:
        form.add_error("opens", _("Say when it shall open."))
    if form.is_valid():
        try:
            post = release(request.viewer, form, post)
        except ValidationError as problem:
            refusal = problem
            form.blame(problem, form.cleaned_data["kind"])
            post = own_post(request, post.pk)
    if not form.is_valid():
        form.data["rev"] = str(post.rev)  # type: ignore[index]
        page = render(request, "studio/write.html", page_of(request, form, post))
        return unhurried(page, refusal) if refusal else page
    if not post.is_scheduled:  # the page of a scheduled post says when it opens
        messages.success(request, _("It is out.") if was_draft else _("The changes are out."))
    return redirect(post.url)


def _as_typed(request: PlaceRequest, post: Post, data: Any) -> dict[str, Any]:
    """The page once more with everything that was typed, before anybody judges it."""
    typed = {**dict(data.items()), "rev": post.rev}
    return page_of(request, form_for(request.viewer, request.community, post, initial=typed), post)


def _other_tab(request: PlaceRequest, post: Post, data: Any) -> HttpResponse:
    """Nothing was overwritten: both texts are there, and the writer says which one stays."""
    post = own_post(request, post.pk)
    return render(request, "studio/write.html", _as_typed(request, post, data) | {"other_tab": True}, status=409)


@require_POST
@needs_account
def save(request: PlaceRequest, community: str, post_id: int | None = None) -> HttpResponse:
    """Autosave: the same form, answered as JSON. 409 where another tab saved in between, with the rev that would overwrite it."""
    post = own_post(request, post_id) if post_id is not None else None
    if post is None:
        require_pen(request)
    form = form_for(request.viewer, request.community, post, request.POST)
    try:
        post = keep(request.viewer, form, post)
    except OtherTab:
        post = own_post(request, (post or _started(request, form)).pk)
        return JsonResponse({"rev": post.rev, **_addresses(request, post)}, status=409)
    return JsonResponse({"rev": post.rev, "at": timezone.now().isoformat(), **_addresses(request, post)})


def _addresses(request: PlaceRequest, post: Post) -> dict[str, str]:
    names = {"url": "write", "save": "save", "files": "upload"}
    place = request.community.slug
    return {name: reverse(f"posts:{view}", args=[place, post.pk]) for name, view in names.items()}


@require_POST
@needs_account
def shown(request: PlaceRequest, community: str) -> HttpResponse:
    """Live preview: `body` as the server will show it, with the pictures of `post` where it is given and one's own."""
    raw, post_id = request.POST.get("post", ""), 0
    if raw.isdecimal() and len(raw) < 19:
        post_id = own_post(request, int(raw)).pk
    else:
        require_pen(request)
    try:
        keep_pace("shown", request.user.pk, most=PREVIEWS[0], seconds=PREVIEWS[1])
    except ValidationError as problem:
        return unhurried(render(request, "studio/_shown.html", {"problem": problem.messages[0]}), problem)
    try:
        text = request.POST.get("body", "").replace("\x00", "")
        html = render_body(text, post_id=post_id, people=Calling(request.community, None)).html
    except TextTooHard as problem:
        return render(request, "studio/_shown.html", {"problem": str(problem)})
    return render(request, "studio/_shown.html", {"html": html})


@require_POST
@needs_account
def discard(request: PlaceRequest, community: str, post_id: int) -> HttpResponse:
    """Back to what is out."""
    post = own_post(request, post_id)
    try:
        actions.discard_edits(request.viewer, post=post)
    except ValidationError as problem:
        messages.error(request, " ".join(problem.messages))
    else:
        messages.success(request, _("Dropped. The post is as everybody sees it."))
    return redirect("posts:write", community, post.pk)


@require_POST
@needs_account
def unpublish(request: PlaceRequest, community: str, post_id: int) -> HttpResponse:
    post = own_post(request, post_id)
    try:
        actions.unpublish_post(request.viewer, post=post)
    except ValidationError as problem:
        messages.error(request, " ".join(problem.messages))
    else:
        messages.success(request, _("It is a draft again, and only yours."))
    return redirect("posts:write", community, post.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@needs_account
def remove(request: PlaceRequest, community: str, post_id: int) -> HttpResponse:
    """Asks once, then takes it away for good."""
    post = own_post(request, post_id)
    require(request.viewer, "edit", post)
    if request.method == "POST":
        actions.remove_post(request.viewer, post=post)
        messages.success(request, _("Removed."))
        return redirect("posts:stream", community)
    return render(request, "studio/remove.html", {"post": post})
