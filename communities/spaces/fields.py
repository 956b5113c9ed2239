"""Form fields that know a community's clock."""

import datetime as dt
import zoneinfo
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from communities.spaces.clock import moment_of, typed_of


class LocalMomentField(forms.CharField):
    """Day and time on the wall clock of `zone`; cleans to an aware moment or None. The zone stands in the help text."""

    widget = forms.TextInput(attrs={"type": "datetime-local"})

    def __init__(self, *, zone: zoneinfo.ZoneInfo, help_text: Any = "", **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        kwargs.setdefault("max_length", 40)
        super().__init__(**kwargs)
        self.zone = zone
        self.help_text = help_text or _("Local time in %(zone)s.") % {"zone": zone.key}

    def clean(self, value: Any) -> dt.datetime | None:
        text = super().clean(value)
        return moment_of(text, self.zone) if text else None

    def prepare_value(self, value: Any) -> Any:
        return typed_of(value, self.zone) if isinstance(value, dt.datetime) else value
