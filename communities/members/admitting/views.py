"""The team's pages about who comes in: the queue of requests; for the owner questions, guidelines and topics."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from communities.access.gates import needs
from communities.members.admitting.forms import GuidelinesForm, NoteForm, QuestionsForm, TopicsForm
from communities.members.guidelines import current, write_guidelines
from communities.members.models import JoinRequest
from communities.members.questions import asked_by, save_questions
from communities.members.requests import approve_request, asked_in, decided_in, decline_request
from communities.members.seats import line_of
from communities.spaces.models import Guidelines, Topic
from communities.spaces.request import PlaceRequest
from communities.spaces.topics import save_topics
from communities.ui.focus import point_at_first_mistake

READ_AND_SEND = ["GET", "HEAD", "POST"]
MOST = 25


@require_safe
@needs("admit")
def requests(request: PlaceRequest, community: str) -> HttpResponse:
    """Who waits for an answer, the longest first; who waits for a place; what was decided last."""
    return _queue(request)


def _queue(request: PlaceRequest, **refused: Any) -> HttpResponse:
    place = request.community
    page = {
        "asked": asked_in(place.pk)[:MOST],
        "asked_count": asked_in(place.pk).count(),
        "line": line_of(place.pk).select_related("user", "invitation__creator")[:MOST],
        "line_count": line_of(place.pk).count(),
        "decided": decided_in(place.pk)[:10],
        "form": NoteForm(),
    }
    return render(request, "members/requests.html", page | refused)


@require_POST
@needs("admit")
def decide(request: PlaceRequest, community: str, request_id: int) -> HttpResponse:
    """answer: approve or decline. Whoever came first decided; the other one reads who it was."""
    row = get_object_or_404(JoinRequest.objects.select_related("user"), pk=request_id, community=request.community)
    form = NoteForm(request.POST)
    answers: dict[str, Callable[..., None]] = {"approve": approve_request, "decline": decline_request}
    act = answers.get(request.POST.get("answer", ""))
    if act is None:
        raise Http404
    if not form.is_valid():
        return _queue(request, wrong=row.pk, wrong_form=form)
    try:
        act(request.viewer, request=row, note=form.cleaned_data["note"])
    except ValidationError as problem:
        messages.error(request, " ".join(problem.messages))
    else:
        messages.success(request, _done(row))
    return redirect("members:requests", community)


def _done(row: JoinRequest) -> str:
    sentences = {
        JoinRequest.State.APPROVED: _("%(name)s is in."),
        JoinRequest.State.QUEUED: _(
            "Said yes to %(name)s. Every place is taken: they are in line and come in by themselves."
        ),
    }
    return sentences.get(JoinRequest.State(row.state), _("%(name)s was turned down.")) % {"name": row.user}


@require_http_methods(READ_AND_SEND)
@needs("manage")
def door(request: PlaceRequest, community: str) -> HttpResponse:
    """The questions at the door; whether they are asked is a setting of the place."""
    place = request.community
    form = QuestionsForm(request.POST if request.method == "POST" else None, questions=asked_by(place))
    if (
        request.method == "POST"
        and form.is_valid()
        and _saved(form, lambda: save_questions(request.viewer, community=place, questions=form.asked()))
    ):
        messages.success(request, _("Saved."))
        return redirect("members:questions", community)
    point_at_first_mistake(form)
    return render(request, "members/questions.html", {"form": form})


@require_http_methods(READ_AND_SEND)
@needs("manage")
def guidelines(request: PlaceRequest, community: str) -> HttpResponse:
    """A new text is a new version, and everybody is asked to accept it."""
    place = request.community
    row = current(place)
    sent = request.POST if request.method == "POST" else None
    form = GuidelinesForm(sent, initial={"source": row.source if row else ""})
    if (
        request.method == "POST"
        and form.is_valid()
        and _saved(form, lambda: write_guidelines(request.viewer, community=place, **form.cleaned_data))
    ):
        messages.success(request, _("It counts from now on. Everybody is asked once before they write again."))
        return redirect("members:write_guidelines", community)
    point_at_first_mistake(form)
    versions = Guidelines.objects.filter(community=place).defer("source", "html")[:MOST]
    return render(request, "members/write_guidelines.html", {"form": form, "row": row, "versions": versions})


@require_http_methods(READ_AND_SEND)
@needs("manage")
def topics(request: PlaceRequest, community: str) -> HttpResponse:
    """What whoever comes in may pick."""
    place = request.community
    form = TopicsForm(
        request.POST if request.method == "POST" else None, topics=list(Topic.objects.filter(community=place))
    )
    if (
        request.method == "POST"
        and form.is_valid()
        and _saved(form, lambda: save_topics(request.viewer, community=place, offers=form.offers()))
    ):
        messages.success(request, _("Saved."))
        return redirect("members:topics", community)
    point_at_first_mistake(form)
    return render(request, "members/topics.html", {"form": form})


def _saved(form: Any, save: Callable[[], Any]) -> bool:
    try:
        save()
    except ValidationError as problem:
        by_field = problem.message_dict if hasattr(problem, "error_dict") else {"": problem.messages}
        for name, sentences in by_field.items():
            form.add_error(name if name in form.fields else None, sentences)
        return False
    return True
