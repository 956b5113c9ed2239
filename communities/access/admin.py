"""What every page of the admin rests on: rows are read; what changes them is a form of an action or a button that calls one."""

from contextlib import nullcontext
from functools import partial
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.options import IS_POPUP_VAR
from django.contrib.admin.utils import quote, unquote
from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db import DataError, models, transaction
from django.forms import BaseForm, ModelForm
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.functional import cached_property
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from communities.access.desk import ActForm, Button, change_of, history_of, log_message
from communities.access.rules import has
from communities.access.viewer import Viewer, viewer_for, wanderer

MOST_COUNTED = 10_000
MOST_AT_ONCE = 200
LOOKUPS = {"", "id", "pk", "exact", "isnull", "isempty", "gte", "gt", "lte", "lt", "in", "year", "month", "day"}


class ShortCount(Paginator):
    """Counts no further than anybody pages: a list of a million rows opens as fast as one of a hundred."""

    @cached_property
    def count(self) -> int:
        rows: Any = self.object_list
        return rows.order_by()[:MOST_COUNTED].count()


def problem_of(refusal: ValidationError | PermissionDenied) -> ValidationError:
    """What a person reads where an action said no."""
    if isinstance(refusal, ValidationError):
        return refusal
    return ValidationError(str(refusal) or _("You may not do that here."))


def tell(form: BaseForm, refusal: ValidationError) -> None:
    """Puts an action's refusal where the person is: at its field where the form has it, else above the form."""
    by_field = refusal.error_dict if hasattr(refusal, "error_dict") else {NON_FIELD_ERRORS: refusal.error_list}
    for name, errors in by_field.items():
        for error in errors:
            form.add_error(name if name in form.fields else None, ValidationError(error.messages))


class DeskAdmin(admin.ModelAdmin):
    """Nobody adds, edits or deletes here, a superuser neither; `buttons` call actions."""

    buttons: tuple[Button, ...] = ()
    also_asked: tuple[str, ...] = ()  # lookups beside the filters that links of ours use
    show_full_result_count = False
    paginator = ShortCount
    list_per_page = 50
    list_max_show_all = 50
    show_facets = admin.ShowFacets.NEVER
    change_list_template = "admin/desk_list.html"
    change_form_template = "admin/desk_form.html"
    delete_confirmation_template = "admin/desk_delete.html"
    delete_selected_confirmation_template = "admin/desk_delete_many.html"
    object_history_template = "admin/history.html"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._permits(request, "view") or self._permits(request, "change")

    def lookup_allowed(self, lookup: str, value: Any, request: Any = None) -> bool:
        """Lists are asked by their filters only: any other lookup would let one guess at columns that no page shows."""
        filters: list[Any] = list(self.get_list_filter(request))
        plain = [one[0] if isinstance(one, tuple) else one for one in filters]  # (field, how it filters)
        asked = [one if isinstance(one, str) else getattr(one, "parameter_name", "") for one in plain]
        name, _rest, how = lookup.partition("__")
        return name in {*asked, self.date_hierarchy, *self.also_asked} and set(how.split("__")) <= LOOKUPS

    def _get_obj_does_not_exist_redirect(self, request: HttpRequest, opts: Any, object_id: str) -> HttpResponse:
        raise Http404

    def _permits(self, request: HttpRequest, verb: str) -> bool:
        return request.user.has_perm(f"{self.opts.app_label}.{verb}_{self.opts.model_name}")

    # --- buttons -----------------------------------------------------------------------------------------------------

    def viewer_of(self, request: HttpRequest, obj: Any) -> Viewer:
        """How the person at the desk stands in the community of this row; once a request and community."""
        place = obj if obj._meta.label == "spaces.Community" else getattr(obj, "community", None)
        if place is None:
            return wanderer(request.user)
        known = request.__dict__.setdefault("desk_viewers", {})
        if place.pk not in known:
            known[place.pk] = viewer_for(request.user, place)
        return known[place.pk]

    def may_press(self, request: HttpRequest, button: Button, obj: Any) -> bool:
        if not self._permits(request, "change"):
            return False
        return not button.ability or has(self.viewer_of(request, obj), button.ability)

    def get_urls(self) -> list[Any]:
        name = f"{self.opts.app_label}_{self.opts.model_name}_act"
        return [
            path("<path:object_id>/act/<slug:name>/", self.admin_site.admin_view(self.act_view), name=name),
            *super().get_urls(),
        ]

    def act_view(self, request: HttpRequest, object_id: str, name: str) -> HttpResponse:
        obj = self.get_object(request, unquote(object_id))
        button = next((one for one in self.buttons if one.name == name), None)
        if obj is None or button is None:
            raise Http404
        if not self.has_view_permission(request, obj) or not self.may_press(request, button, obj):
            raise PermissionDenied
        form = button.form(request.POST if request.method == "POST" else None, obj=obj)
        status = 200
        if form.is_bound and form.is_valid():
            try:
                self._press(request, button, obj, form)
            except (ValidationError, PermissionDenied) as refusal:
                status = 403 if isinstance(refusal, PermissionDenied) else 200
                tell(form, problem_of(refusal))
            else:
                self.message_user(request, str(button.done), messages.SUCCESS)
                return HttpResponseRedirect(self.change_url(obj))
        return self._ask(request, button, form, [obj], status=status)

    def _press(self, request: HttpRequest, button: Button, obj: Any, form: ActForm) -> None:
        with nullcontext() if button.asks_outside else transaction.atomic():
            changes = button.act(self.viewer_of(request, obj), obj, form.cleaned_data)
            if changes is not None:
                self.log_change(request, obj, log_message(changes, form.cleaned_data.get("reason", "")))

    def _ask(
        self,
        request: HttpRequest,
        button: Button,
        form: ActForm,
        rows: list[Any],
        *,
        bulk: bool = False,
        status: int = 200,
    ) -> TemplateResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": button.label,
            "button": button,
            "form": form,
            "rows": [(row, self.change_url(row)) for row in rows],
            "original": None if bulk else rows[0],
            "opts": self.opts,
            "bulk": bulk,
            "back": self.change_url(rows[0]) if not bulk else self._list_url(),
            "errors": bool(form.errors),
        }
        return TemplateResponse(request, "admin/act.html", context, status=status)

    def change_url(self, obj: Any) -> str:
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[quote(obj.pk)])

    def _list_url(self) -> str:
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")

    # --- several rows at once ------------------------------------------------------------------------------------------

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        actions: dict[str, Any] = super().get_actions(request)
        if IS_POPUP_VAR not in request.GET and self._permits(request, "change"):
            for button in self.buttons:
                if button.bulk:
                    actions[button.name] = (partial(_press_many, button), button.name, button.label)
        return actions

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        asked = request.POST.get("action") if request.method == "POST" else None
        if asked and asked not in self.get_actions(request):
            raise PermissionDenied
        title = {"title": self.opts.verbose_name_plural}
        try:
            return super().changelist_view(request, {**title, **(extra_context or {})})
        except (ValueError, OverflowError, DataError) as nonsense:  # ids and dates that no column can hold
            raise Http404 from nonsense

    def press_many(self, request: HttpRequest, button: Button, queryset: models.QuerySet) -> HttpResponse | None:
        rows = list(queryset.order_by("pk")[: MOST_AT_ONCE + 1])
        if len(rows) > MOST_AT_ONCE:
            most = _("That is more than %(most)s at once. Choose fewer.") % {"most": MOST_AT_ONCE}
            self.message_user(request, most, messages.ERROR)
            return None
        form = button.form(request.POST if "apply" in request.POST else None)
        if not form.is_bound or not form.is_valid():
            return self._ask(request, button, form, rows, bulk=True)
        done = 0
        for row in rows:
            try:
                if not self.may_press(request, button, row):
                    raise PermissionDenied
                self._press(request, button, row, form)
                done += 1
            except (ValidationError, PermissionDenied, Http404) as refusal:
                why = "" if isinstance(refusal, Http404) else get_text_list(problem_of(refusal).messages, _("and"))
                self.message_user(
                    request, _("%(row)s stays as it was. %(why)s") % {"row": row, "why": why}, messages.WARNING
                )
        if done:
            told = ngettext("%(done)s: %(n)s row.", "%(done)s: %(n)s rows.", done) % {"done": button.done, "n": done}
            self.message_user(request, told, messages.SUCCESS)
        return None

    # --- pages ---------------------------------------------------------------------------------------------------------

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        obj = kwargs.get("obj")
        context["buttons"] = [
            (
                button,
                reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_act", args=[quote(obj.pk), button.name]),
            )
            for button in self.buttons
            if obj is not None and button.shown(obj) and self.may_press(request, button, obj)
        ]
        if obj is not None:
            context["title"], context["subtitle"] = str(obj), str(self.opts.verbose_name).capitalize()
        return super().render_change_form(request, context, *args, **kwargs)

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        obj = self.get_object(request, unquote(object_id))
        lines = history_of(obj) if obj is not None and self.has_view_permission(request, obj) else []
        return super().history_view(request, object_id, {**(extra_context or {}), "lines": lines})


def _press_many(
    button: Button, desk: DeskAdmin, request: HttpRequest, queryset: models.QuerySet
) -> HttpResponse | None:
    return desk.press_many(request, button, queryset)


class FormAdmin(DeskAdmin):
    """A model with a form whose save goes through an action (`save_model` calls it); the model's permissions decide.

    What the action refuses is told on the form, and what was typed stays.
    """

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self._permits(request, "add")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._permits(request, "change")

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> type[ModelForm]:
        base: Any = super().get_form(request, obj, change, **kwargs)
        refusal = request.__dict__.get("desk_refusal")
        if refusal is None:
            return base

        def clean(form: ModelForm) -> Any:
            cleaned = base.clean(form)
            tell(form, refusal)
            return cleaned

        return type(base.__name__, (base,), {"clean": clean})

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return super().changeform_view(request, *args, **kwargs)
        except ValidationError as refusal:  # from the action; the transaction is rolled back, the form is shown again
            request.__dict__["desk_refusal"] = refusal
            return super().changeform_view(request, *args, **kwargs)

    def construct_change_message(self, request: HttpRequest, form: Any, formsets: Any, add: bool = False) -> Any:
        """Who and when the log knows by itself; this adds before and after."""
        if add:
            return super().construct_change_message(request, form, formsets, add)
        changes = [
            change_of(
                form.fields[name].label or name,
                _shown(form.fields[name], form.initial.get(name)),
                _shown(form.fields[name], form.cleaned_data.get(name)),
            )
            for name in form.changed_data
        ]
        return log_message(changes)


def _shown(field: Any, value: Any) -> Any:
    """A choice by its words, a row by its name, nothing as nothing."""
    if value in (None, ""):
        return None
    if isinstance(value, models.Model) or not hasattr(field, "choices") or hasattr(field, "queryset"):
        return value
    return dict(field.flatchoices if hasattr(field, "flatchoices") else field.choices).get(value, value)
