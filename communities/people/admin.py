"""People in the admin: name and words, whether they may sign in, and the roles of brand staff; the rest is theirs alone."""

from collections.abc import Mapping
from typing import Any

from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from allauth.usersessions.models import UserSession
from django import forms
from django.contrib import admin
from django.contrib.auth.models import Group
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from communities.access.admin import DeskAdmin, FormAdmin
from communities.access.circles import Circle
from communities.access.desk import Button, Changes, ReasonForm, change_of
from communities.access.viewer import Viewer
from communities.people.actions import change_words, deactivate_user, reactivate_user, set_brand_groups
from communities.people.exporting import ask_export
from communities.people.models import Closing, Export, Profile, User
from communities.people.showing import circle_of, profile_of

# What these hold are keys to accounts: session keys, secrets of second factors, confirmations. The admin shows none of it.
for model in (
    EmailAddress,
    EmailConfirmation,
    Authenticator,
    SocialAccount,
    SocialApp,
    SocialToken,
    UserSession,
    Group,
):
    if admin.site.is_registered(model):
        admin.site.unregister(model)


class GroupsForm(ReasonForm):
    groups = forms.ModelMultipleChoiceField(
        label=_("Groups"),
        queryset=Group.objects.order_by("name"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("With none of them the person no longer enters the admin."),
    )
    field_order = ("groups", "reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if isinstance(self.obj, User):
            self.fields["groups"].initial = list(self.obj.groups.values_list("pk", flat=True))


def _staff(viewer: Viewer) -> User:
    assert viewer.user_id is not None  # nobody else comes this far
    return User.objects.get(pk=viewer.user_id)


def deactivate(viewer: Viewer, user: User, asked: Mapping[str, Any]) -> Changes:
    deactivate_user(_staff(viewer), user=user)
    return [change_of(gettext("may sign in"), gettext("yes"), gettext("no"))]


def reactivate(viewer: Viewer, user: User, asked: Mapping[str, Any]) -> Changes:
    reactivate_user(_staff(viewer), user=user)
    return [change_of(gettext("may sign in"), gettext("no"), gettext("yes"))]


def give_groups(viewer: Viewer, user: User, asked: Mapping[str, Any]) -> Changes:
    before = ", ".join(user.groups.order_by("name").values_list("name", flat=True))
    set_brand_groups(_staff(viewer), user=user, groups=list(asked["groups"]))
    after = ", ".join(group.name for group in asked["groups"])
    return [change_of(gettext("groups"), before, after)]


def pack(viewer: Viewer, user: User, asked: Mapping[str, Any]) -> Changes:
    export = ask_export(user, actor=_staff(viewer))
    return [change_of(gettext("export of their data"), "–", gettext("asked for (%(id)s)") % {"id": export.pk})]


@admin.register(User)
class UserAdmin(FormAdmin):
    list_display = ("name", "handle", "email", "is_active", "is_staff", "date_joined", "last_login")
    list_display_links = ("name", "handle")
    list_filter = ("is_active", "is_staff", "groups")
    search_fields = ("name", "handle", "email")
    search_help_text = _("A name, a handle or an address")
    ordering = ("-pk",)
    fields = (
        "name",
        "bio",
        "about",
        "email",
        "addresses",
        "handle",
        "memberships_here",
        "staff_groups",
        "is_active",
        "is_staff",
        "timezone",
        "date_joined",
        "last_login",
    )
    readonly_fields = tuple(name for name in fields if name not in {"name", "bio"})
    buttons = (
        Button(
            "deactivate",
            _("Shut out"),
            deactivate,
            _("They can no longer sign in, and every session has ended."),
            shown=lambda user: user.is_active,
            explained=_("Ends every session at once. What they wrote stays; memberships stay."),
            danger=True,
        ),
        Button(
            "reactivate",
            _("Let in again"),
            reactivate,
            _("They can sign in again."),
            shown=lambda user: not user.is_active,
        ),
        Button("groups", _("Give roles"), give_groups, _("The roles are changed."), form=GroupsForm),
        Button(
            "pack",
            _("Pack their data"),
            pack,
            _("It is being packed; they get a mail when it is ready."),
            shown=lambda user: user.left_at is None,
            explained=_(
                "Everything about them as a zip, for them alone: nobody at the desk gets to see it. Who can sign in fetches it"
                " on their own page; who cannot gets a link to their confirmed address that works for a day."
            ),
        ),
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # people sign up themselves

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A superuser's account is for superusers, a closed one for nobody."""
        shielded = obj is not None and obj.is_superuser and not request.user.is_superuser
        closed = obj is not None and obj.left_at is not None
        return super().has_change_permission(request, obj) and not shielded and not closed

    def may_press(self, request: HttpRequest, button: Button, obj: User) -> bool:
        if button.name == "pack":  # support helps here and changes nothing about a person
            return request.user.has_perm("people.change_export") and obj.pk != request.user.pk and obj.left_at is None
        return self.has_change_permission(request, obj) and obj.pk != request.user.pk

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).select_related("profile")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """What somebody keeps to themselves they keep from the desk too."""
        kept = obj is not None and circle_of(obj, "bio") == Circle.ME
        return [name for name in super().get_fields(request, obj) if not (kept and name == "bio")]

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        change_words(obj, name=form.cleaned_data["name"], bio=form.cleaned_data.get("bio", obj.bio))

    @admin.display(description=_("about themselves"))
    def about(self, user: User) -> str:
        """A line for each field, with who sees it; the words that only they see are left out."""
        lines = []
        for name in Profile.FIELDS:
            circle = Circle(circle_of(user, name))
            text = getattr(user if name == "bio" else profile_of(user), name)
            if text and not (name == "bio" and circle != Circle.ME):
                lines.append(f"{Profile.label(name)}: {'–' if circle == Circle.ME else text} ({circle.label})")
        return "\n".join(lines) or "–"

    @admin.display(description=_("addresses"))
    def addresses(self, user: User) -> str:
        known = EmailAddress.objects.filter(user=user).order_by("-primary", "email")
        said = [f"{one.email} ({gettext('confirmed') if one.verified else gettext('not confirmed')})" for one in known]
        return ", ".join(said) or "–"

    @admin.display(description=_("groups"))
    def staff_groups(self, user: User) -> str:
        return ", ".join(user.groups.order_by("name").values_list("name", flat=True)) or "–"

    @admin.display(description=_("memberships"))
    def memberships_here(self, user: User) -> str:
        url = reverse("admin:members_member_changelist")
        return format_html('<a href="{}?user__id__exact={}">{}</a>', url, user.pk, gettext("Where they are a member"))


@admin.register(Group)
class GroupAdmin(DeskAdmin):
    """What a group may is fixed by migration; who is in it is given at the person."""

    list_display = ("name", "people")
    search_fields = ("name",)
    ordering = ("name",)
    fields = ("name", "people", "may")
    readonly_fields = ("people", "may")

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).annotate(size=Count("user"))

    @admin.display(description=_("people"))
    def people(self, group: Any) -> str:
        url = reverse("admin:people_user_changelist")
        return format_html('<a href="{}?groups__id__exact={}">{}</a>', url, group.pk, group.size)

    @admin.display(description=_("may"))
    def may(self, group: Group) -> str:
        rights = group.permissions.order_by("content_type__app_label", "codename")
        return ", ".join(rights.values_list("codename", flat=True)) or "–"


@admin.register(Export)
class ExportAdmin(DeskAdmin):
    """That somebody took their data along; never the zip itself nor its address. Made by a button at the person."""

    list_display = ("asked_at", "user", "state", "handed", "attempts", "ready_at", "expires_at", "bytes")
    list_filter = ("state", "handed")
    list_select_related = ("user",)
    also_asked = ("user",)
    search_fields = ("user__name", "=user__email", "=user__handle")
    search_help_text = _("A name, or somebody's whole address or handle")
    ordering = ("-pk",)
    fields = ("user", "state", "handed", "attempts", "asked_at", "ready_at", "expires_at", "bytes")


@admin.register(Closing)
class ClosingAdmin(DeskAdmin):
    """Who wants to leave and who has left. Only they themselves begin it and take it back."""

    list_display = ("asked_at", "user", "how", "due_at", "told_at", "begun_at", "done_at")
    list_filter = ("how", ("done_at", admin.EmptyFieldListFilter))
    list_select_related = ("user",)
    also_asked = ("user",)
    search_fields = ("user__name", "=user__email", "=user__handle")
    search_help_text = _("A name, or somebody's whole address or handle")
    ordering = ("-pk",)
    fields = ("user", "how", "asked_at", "due_at", "told_at", "begun_at", "done_at", "attempts")
