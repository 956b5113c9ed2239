"""Forms about members: finding them, a step by hand, a role, and founding a community."""

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from communities.members.models import MEMBER_LEVEL, Role
from communities.spaces.fields import LocalMomentField
from communities.spaces.forms import ZoneField
from communities.spaces.models import Community, free_slug, slug_shape


class FindForm(forms.Form):
    q = forms.CharField(label=_lazy("Name or handle"), required=False, max_length=80)
    rung = forms.TypedChoiceField(label=_lazy("Step"), required=False, coerce=int, empty_value=None)
    role = forms.ChoiceField(label=_lazy("Role"), required=False)

    def __init__(self, *args: Any, community: Community, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        steps = [(rung.level, rung.name) for rung in community.rungs.all()]
        self.fields["rung"].choices = [("", _("every step")), *steps]  # type: ignore[attr-defined]
        self.fields["role"].choices = [("", _("every role")), *Role.choices]  # type: ignore[attr-defined]


class GrantForm(forms.Form):
    level = forms.TypedChoiceField(label=_lazy("Step"), coerce=int)
    reason = forms.CharField(
        label=_lazy("Why"), max_length=300, help_text=_lazy("It stays with the grant; the team can read it.")
    )

    def __init__(self, *args: Any, community: Community, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        steps = [(rung.level, rung.name) for rung in community.rungs.all() if rung.level > MEMBER_LEVEL]
        self.fields["level"].choices = steps  # type: ignore[attr-defined]
        self.fields["ends"] = LocalMomentField(
            zone=community.zone,
            label=_("Until"),
            help_text=_("Empty: for good. Local time in %(zone)s.") % {"zone": community.timezone},
        )

    def clean_ends(self) -> dt.datetime | None:
        ends = self.cleaned_data["ends"]
        if ends is not None and ends <= timezone.now():
            raise ValidationError(_("That moment has passed."))
        return ends


class RoleForm(forms.Form):
    role = forms.ChoiceField(label=_lazy("Role"), choices=Role.choices)


class FoundForm(forms.Form):
    name = forms.CharField(label=_lazy("Name"), max_length=80, widget=forms.TextInput(attrs={"dir": "auto"}))
    slug = forms.CharField(
        label=_lazy("Address"),
        max_length=48,
        validators=[slug_shape, free_slug],
        help_text=_lazy("Small letters, digits and hyphens; it stands in every link and stays."),
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false", "autocomplete": "off"}),
    )
    timezone = ZoneField(
        label=_lazy("Time zone"),
        max_length=64,
        help_text=_lazy("Dates of posts are meant in it, such as Europe/Lisbon."),
    )

    def clean_slug(self) -> str:
        slug = self.cleaned_data["slug"]
        if Community.objects.filter(slug=slug).exists():
            raise ValidationError(_("“%(slug)s” is taken. Choose another address."), params={"slug": slug})
        return slug
