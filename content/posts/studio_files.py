"""Pictures of a post: taken in while it is written, and described in words afterwards."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from communities.access.gates import needs_account
from communities.files.actions import describe_file, take_image
from communities.files.models import File
from communities.files.refusal import UploadRefused
from communities.safety.uploads import keep_upload_pace
from communities.spaces.request import PlaceRequest
from content.posts.actions import save_draft
from content.posts.models import Post
from content.posts.studio_gate import own_post


def take_picture(request: PlaceRequest, post: Post, upload: Any, alt: str) -> File:
    """Raises UploadRefused with a sentence. The caller has asked whether this person may edit the post."""
    keep_upload_pace(request.user.pk)
    return take_image(
        community=request.community,
        uploader=request.user,
        parent_kind=Post.KIND,
        parent_id=post.pk,
        upload=upload,
        name=upload.name or "picture",
        alt=alt.replace("\x00", ""),
    )


def markdown_of(file: File) -> str:
    """The line that shows a picture in a text."""
    alt = "".join("\\" + sign if sign in "[]\\" else sign for sign in file.alt)
    return f"![{alt}]({file.url})"


def with_picture(text: str, file: File) -> str:
    """The text with the picture as its last paragraph."""
    return f"{text.rstrip()}\n\n{markdown_of(file)}\n".lstrip("\n")


@require_POST
@needs_account
def upload(request: PlaceRequest, community: str, post_id: int) -> HttpResponse:
    """`file` and `alt`. A script asks for JSON and gets where the picture is; a plain form gets it put under the text."""
    post = own_post(request, post_id)
    sent = request.FILES.get("file")
    plain = "application/json" not in request.headers.get("Accept", "")
    if sent is None:
        return _refused(request, post, plain, _("Choose a picture first."), 400)
    try:
        file = take_picture(request, post, sent, request.POST.get("alt", ""))
    except UploadRefused as refusal:
        answer = _refused(request, post, plain, refusal.sentence, refusal.status)
        if refusal.wait:
            answer["Retry-After"] = str(refusal.wait)
        return answer
    if plain:
        text = (post.working or {}).get("source", post.source)
        save_draft(request.viewer, post=post, rev=post.rev, source=with_picture(text, file))
        return redirect("posts:write", community, post.pk)
    told: dict[str, Any] = {
        "url": file.url,
        "small": file.src(400),
        "markdown": markdown_of(file),
        "token": file.token,
        "width": file.width,
        "height": file.height,
    }
    if request.POST.get("cover"):
        told["rev"] = save_draft(request.viewer, post=post, rev=post.rev, cover_id=file.pk)
    return JsonResponse(told, status=201)


def _refused(request: PlaceRequest, post: Post, plain: bool, sentence: str, status: int) -> HttpResponse:
    if not plain:
        return JsonResponse({"error": sentence}, status=status)
    messages.error(request, sentence)
    return redirect("posts:write", request.community.slug, post.pk)


@require_POST
@needs_account
def describe(request: PlaceRequest, community: str, post_id: int, token: str) -> HttpResponse:
    """The words in a picture's place, asked for right after it came in."""
    post = own_post(request, post_id)
    file = File.objects.filter(token=token, parent_kind=Post.KIND, parent_id=post.pk).first()
    if file is None:
        raise Http404
    describe_file(file, request.POST.get("alt", ""))
    return JsonResponse({"markdown": markdown_of(file), "alt": file.alt})
