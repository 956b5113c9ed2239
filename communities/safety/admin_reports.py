"""Reports at the desk of brand staff: the same four answers as on the site, each for a thing with all its open reports."""

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from communities.access.admin import DeskAdmin
from communities.access.desk import Button, MomentInput, ReasonForm
from communities.access.rules import has
from communities.access.viewer import Viewer
from communities.files.shown import as_links
from communities.safety.cases import case_of, files_of, text_of
from communities.safety.deciding import FINE, HIDE, SUSPEND, WARN, decide
from communities.safety.models import Report
from communities.safety.reported_files import taken_away
from communities.safety.subjects import subject
from communities.safety.words import words_for


class AnswerForm(ReasonForm):
    """reason: read by whoever it concerns. answer: read by those who reported it."""

    answer = forms.CharField(
        label=_("To those who reported it"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
        help_text=_("Empty: that the team has acted on it, and thanks."),
    )
    field_order: tuple[str, ...] = ("reason", "answer")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].help_text = _("Whoever it concerns reads this. It stays in the log beside your name.")


class UntilForm(AnswerForm):
    until = forms.DateTimeField(
        label=_("Until"), required=False, widget=MomentInput, help_text=_("Empty: for good. The time is UTC.")
    )
    field_order = ("until", "reason", "answer")


class FineForm(ReasonForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].help_text = _("Those who reported it read this. It stays in the log beside your name.")


def answer(decision: str) -> Callable[[Viewer, Report, Mapping[str, Any]], None]:
    def act(viewer: Viewer, report: Report, asked: Mapping[str, Any]) -> None:
        decide(viewer, kind=report.kind, object_id=report.object_id, decision=decision, **asked)

    return act


def is_open(report: Report) -> bool:
    return report.state == Report.State.OPEN


def can_hide(report: Report) -> bool:
    known = subject(report.kind)
    return is_open(report) and known is not None and known.hides


@admin.register(Report)
class ReportAdmin(DeskAdmin):
    list_display = ("__str__", "state", "community", "open_ones", "reporter", "weight", "created_at", "decided_by")
    list_filter = ("state", "reason", "kind", "community")
    list_select_related = ("community", "reporter", "decided_by")
    search_fields = ("=object_id", "note", "reporter__name", "reporter__email")
    search_help_text = _("The number of a thing, a word of the note, or who reported it")
    date_hierarchy = "created_at"
    ordering = ("-pk",)
    fieldsets = (
        (None, {"fields": ("kind", "object_id", "community", "where", "who", "says", "said", "files")}),
        (_("Report"), {"fields": ("reason", "note", "reporter", "weight", "created_at", "open_ones")}),
        (_("Answer"), {"fields": ("state", "outcome", "decided_by", "decided_at")}),
    )
    readonly_fields = ("where", "who", "says", "said", "files", "open_ones")
    buttons = (
        Button(
            "fine",
            _("It is fine"),
            answer(FINE),
            _("Answered: it may stay."),
            shown=is_open,
            ability="moderate",
            form=FineForm,
            explained=_("Every open report on the thing is answered. What reports hid by themselves comes back."),
        ),
        Button(
            "hide",
            _("Hide"),
            answer(HIDE),
            _("Hidden, and answered."),
            shown=can_hide,
            ability="moderate",
            form=AnswerForm,
            explained=_("Only its author and the team still see it. Every open report on it is answered."),
            danger=True,
        ),
        Button(
            "warn",
            _("Warn"),
            answer(WARN),
            _("Warned, and answered."),
            shown=is_open,
            ability="moderate",
            form=AnswerForm,
            explained=_("Whoever wrote it reads your words. Every open report on it is answered."),
        ),
        Button(
            "suspend",
            _("Suspend"),
            answer(SUSPEND),
            _("Suspended, and answered."),
            shown=is_open,
            ability="moderate",
            form=UntilForm,
            explained=_("Whoever wrote it reads as a visitor and writes nothing. Every open report on it is answered."),
            danger=True,
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        same = Report.objects.filter(kind=OuterRef("kind"), object_id=OuterRef("object_id"), state=Report.State.OPEN)
        many = same.order_by().values("kind").annotate(n=Count("pk")).values("n")
        return super().get_queryset(request).annotate(on_it=Coalesce(Subquery(many), 0))

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """With the thing as whoever looks may see it."""
        report = super().get_object(request, object_id, from_field)
        if report is not None:
            viewer = self.viewer_of(request, report)
            case = report.__dict__["case"] = case_of(viewer, report.kind, report.object_id)
            report.__dict__["kept"] = words_for(viewer, report)
            if case is not None and has(viewer, "moderate"):
                report.__dict__["files"] = [*files_of(case), *taken_away(case.reports)]
        return report

    @admin.display(description=_("open reports on it"))
    def open_ones(self, report: Any) -> int:
        return report.on_it

    @admin.display(description=_("files, also those taken away since"))
    def files(self, report: Any) -> str:
        return as_links(report.__dict__.get("files", [])) or "–"

    @admin.display(description=_("where it stands"))
    def where(self, report: Any) -> str:
        case = report.__dict__.get("case")
        return case.thing.url if case and case.thing else "–"

    @admin.display(description=_("of whom"))
    def who(self, report: Any) -> str:
        case = report.__dict__.get("case")
        return str(case.seat.user) if case and case.seat else "–"

    @admin.display(description=_("what it says"))
    def says(self, report: Any) -> str:
        case = report.__dict__.get("case")
        return (text_of(case) if case else "") or "–"

    @admin.display(description=_("when it was reported"))
    def said(self, report: Any) -> str:
        return report.__dict__.get("kept") or "–"

    def view_on_site(self, obj: Any) -> str | None:
        case = obj.__dict__.get("case")
        return case.thing.url if case and case.thing else None
