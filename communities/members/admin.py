"""Members in the admin: who they are here; grants and roles by members' actions. Safety adds its buttons; founding a community is here."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from communities.access.admin import DeskAdmin
from communities.access.desk import Button, Changes, MomentInput, ReasonForm, change_of
from communities.access.viewer import Viewer
from communities.members.actions import end_rung, found_community, grant_rung, set_role
from communities.members.admitting import admin as _door  # noqa: F401  registers requests and invitations
from communities.members.models import Member, Role
from communities.people.models import User
from communities.spaces.admin import CommunityAdmin
from communities.spaces.models import Community, Rung


class GrantForm(ReasonForm):
    level = forms.TypedChoiceField(label=_("Step"), coerce=int)
    ends = forms.DateTimeField(
        label=_("Until"), required=False, widget=MomentInput, help_text=_("Empty: for good. The time is UTC.")
    )
    field_order = ("level", "ends", "reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rungs = Rung.objects.filter(community_id=self.obj.community_id) if self.obj else Rung.objects.none()
        level: Any = self.fields["level"]
        level.choices = [(rung.level, f"{rung.name} ({rung.level})") for rung in rungs]


class RoleForm(ReasonForm):
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)
    field_order = ("role", "reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if isinstance(self.obj, Member):
            self.fields["role"].initial = self.obj.role


def grant(viewer: Viewer, member: Member, asked: Mapping[str, Any]) -> Changes:
    before = member.rung
    grant_rung(viewer, member=member, level=asked["level"], ends=asked["ends"], reason=asked["reason"])
    return [change_of(gettext("step"), before, member.rung)]


def end_grant(viewer: Viewer, member: Member, asked: Mapping[str, Any]) -> Changes:
    before = member.rung
    end_rung(viewer, member=member)
    return [change_of(gettext("step"), before, member.rung)]


def give_role(viewer: Viewer, member: Member, asked: Mapping[str, Any]) -> Changes:
    before = member.get_role_display()
    set_role(viewer, member=member, role=asked["role"])
    return [change_of(gettext("role"), before, member.get_role_display())]


class MemberAdmin(DeskAdmin):
    """Registered by safety, which adds suspending and reinstating."""

    list_display = ("user", "community", "role", "standing", "rung", "title", "joined_at", "suspended_until")
    list_display_links = ("user",)
    list_filter = ("standing", "role", "community")
    list_select_related = ("user", "community")
    also_asked = ("user",)
    search_fields = ("user__name", "user__email", "user__handle", "title")
    search_help_text = _("A name, a handle or an address")
    ordering = ("-pk",)
    fields = (
        "user",
        "community",
        "role",
        "standing",
        "suspended_until",
        "muted_until",
        "rung",
        "rung_until",
        "reasons",
        "title",
        "joined_at",
    )
    readonly_fields = ("reasons",)
    buttons: tuple[Button, ...] = (
        Button("grant", _("Grant a step"), grant, _("The step is granted."), ability="grant", form=GrantForm),
        Button(
            "end-grant",
            _("End the grant"),
            end_grant,
            _("The grant has ended."),
            shown=lambda member: member.sources.filter(source="hand").exists(),
            ability="grant",
            explained=_("What was granted by hand ends now; steps from elsewhere stay."),
        ),
        Button("role", _("Change the role"), give_role, _("The role is changed."), ability="manage", form=RoleForm),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).select_related("user", "community")

    @admin.display(description=_("why they stand there"))
    def reasons(self, member: Member) -> str:
        """Every source of their step, ended ones too; grants are given by the button."""
        lines = []
        for source in member.sources.select_related("given_by").order_by("-starts"):
            ends = f"{source.ends:%Y-%m-%d}" if source.ends else "…"
            says = f"{source.level}: {source.source}, {source.starts:%Y-%m-%d} – {ends}"
            lines.append(" · ".join(part for part in (says, source.reason, str(source.given_by or "")) if part))
        return "\n".join(lines) or "–"


class FoundingForm(forms.ModelForm):
    owner = forms.EmailField(label=_("Owner's address"), help_text=_("Of somebody who has an account here."))

    def clean_owner(self) -> User:
        owner = User.objects.filter(email__iexact=self.cleaned_data["owner"], is_active=True).first()
        if owner is None:
            raise forms.ValidationError(gettext("Nobody here has this address. They sign up first."))
        return owner


@admin.register(Community)
class FoundedCommunityAdmin(CommunityAdmin):
    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        if obj is None:
            kwargs["form"] = FoundingForm
        return super().get_form(request, obj, change, **kwargs)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is not None:
            return super().get_fieldsets(request, obj)
        return ((None, {"fields": ("owner", *self.PLACE)}), (_("Look"), {"fields": self.LOOK}))

    def save_model(self, request: HttpRequest, obj: Community, form: Any, change: bool) -> None:
        if change:
            super().save_model(request, obj, form, change)
            return
        fields = {name: form.cleaned_data[name] for name in (*self.PLACE, *self.LOOK)}
        made = found_community(form.cleaned_data["owner"], **fields)
        obj.pk = made.pk
        obj._state.adding = False
