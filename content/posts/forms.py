"""The form that a post is written in. What does not fit is told at its field; what was typed is never thrown away."""

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from communities.spaces.fields import LocalMomentField
from communities.spaces.models import Community, Space
from content.posts.audiences import Audience
from content.posts.kinds import CHOICES, KINDS, Detail

LATER = (1, 2, 3)  # early access: how many later openings a post may have
TEXTS = ("title", "teaser", "body", "kind", "space")
NOT_KEPT = (*TEXTS, "request", "rev", "cover", "cover_alt", "file", "alt", "action", "csrfmiddlewaretoken")
TITLE, TEASER = 200, 600


def detail_field(detail: Detail, zone: Any) -> forms.Field:
    """The form field of one of a kind's own fields."""
    shared: dict[str, Any] = {"label": detail.label, "required": False}
    if detail.type == "datetime":
        return LocalMomentField(zone=zone, **shared)
    if detail.type == "url":
        return forms.URLField(assume_scheme="https", max_length=500, help_text=detail.help, **shared)
    if detail.type == "number":
        return forms.IntegerField(min_value=0, max_value=1_000_000, help_text=detail.help, **shared)
    return forms.CharField(max_length=300, help_text=detail.help, **shared)


class PostForm(forms.Form):
    """Bound to whatever stands in the browser, finished or not; `is_valid` is asked only when it shall go out."""

    request = forms.UUIDField(widget=forms.HiddenInput, required=False)
    rev = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)
    title = forms.CharField(
        label=_lazy("Title"),
        required=False,
        max_length=TITLE,
        widget=forms.TextInput(attrs={"class": "title-size", "autocomplete": "off", "dir": "auto"}),
    )
    kind = forms.ChoiceField(label=_lazy("Kind"), choices=CHOICES, widget=forms.RadioSelect)
    teaser = forms.CharField(
        label=_lazy("Teaser"),
        required=False,
        max_length=TEASER,
        help_text=_lazy("One or two honest sentences. Whoever cannot read the post yet sees these."),
        widget=forms.Textarea(attrs={"rows": 2, "class": "short", "dir": "auto"}),
    )
    body = forms.CharField(
        label=_lazy("Text"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"class": "prose-size", "rows": 18, "dir": "auto", "spellcheck": "true"}),
    )
    tags = forms.CharField(
        label=_lazy("Tags"), required=False, max_length=700, help_text=_lazy("Up to ten, with commas between them.")
    )
    bylines = forms.CharField(
        label=_lazy("Written by"),
        required=False,
        max_length=700,
        help_text=_lazy("Empty: you. Otherwise names, or @handles of members, with commas between them."),
    )
    unlisted = forms.BooleanField(
        label=_lazy("Nobody else learns that it exists"),
        required=False,
        help_text=_lazy("Otherwise the title and the teaser invite the others."),
    )
    cover = forms.FileField(label=_lazy("Cover"), required=False, widget=forms.FileInput(attrs={"accept": "image/*"}))
    cover_alt = forms.CharField(label=_lazy("What the cover shows"), required=False, max_length=500)
    file = forms.FileField(
        label=_lazy("Add a picture to the text"), required=False, widget=forms.FileInput(attrs={"accept": "image/*"})
    )
    alt = forms.CharField(label=_lazy("What the picture shows"), required=False, max_length=500)

    def __init__(
        self,
        *args: Any,
        community: Community,
        spaces: Sequence[Space],
        audiences: Sequence[Audience],
        is_out: bool = False,
        **kwargs: Any,
    ) -> None:
        kwargs.setdefault("auto_id", "id_%s")
        super().__init__(*args, **kwargs)
        self.community, self.spaces, self.audiences, self.is_out = community, spaces, audiences, is_out
        steps = [(audience.word, audience.label) for audience in audiences]
        self.fields["space"] = forms.ChoiceField(
            label=_("Space"), choices=[(space.slug, space.name) for space in spaces]
        )
        self.fields["audience"] = forms.ChoiceField(label=_("Who reads it"), choices=steps)
        zone = community.zone
        if not is_out:
            self.fields["opens"] = LocalMomentField(zone=zone, label=_("Publish it on"), help_text=self._zone_help())
        for number in LATER:
            self.fields[f"opening_rung_{number}"] = forms.ChoiceField(
                label=_("Later for"), choices=[("", _("nobody else")), *steps], required=False
            )
            self.fields[f"opening_at_{number}"] = LocalMomentField(zone=zone, label=_("from"), help_text=" ")
        for kind in KINDS.values():
            for detail in kind.details:
                self.fields[f"{kind.slug}_{detail.name}"] = detail_field(detail, zone)

    def _zone_help(self) -> str:
        return _(
            "Empty: at once. Local time in %(zone)s; an hour that the clocks show twice in autumn means the first one."
        ) % {"zone": self.community.timezone}

    # What stands in the form, as typed; for saving at any moment.

    def typed(self, name: str) -> str:
        """Never fails: what a browser sent for this field, without NULs and with the line ends that we store."""
        return str(self.data.get(name, "")).replace("\x00", "").replace("\r\n", "\n").replace("\r", "\n")

    def texts(self) -> dict[str, Any]:
        """The columns of a post that autosave writes; what is too long for its column stays whole in `beside`."""
        fields: dict[str, Any] = {
            "title": " ".join(self.typed("title").split())[:TITLE],
            "teaser": self.typed("teaser")[:TEASER],
            "source": self.typed("body"),
        }
        if self.typed("kind") in KINDS:
            fields["kind"] = self.typed("kind")
        return fields

    def beside(self) -> dict[str, str]:
        """Everything that stands beside the text, field by field, kept as typed."""
        kept = {name: self.typed(name)[:2000] for name in self.fields if name not in NOT_KEPT and self.typed(name)}
        for name, most in (("title", TITLE), ("teaser", TEASER)):
            if len(self.typed(name)) > most:
                kept[name] = self.typed(name)[:20_000]
        return kept

    def request_id(self) -> uuid.UUID | None:
        try:
            return uuid.UUID(self.typed("request"))
        except ValueError:
            return None

    def rev_typed(self) -> int:
        raw = self.typed("rev")
        return int(raw) if raw.isdecimal() and len(raw) < 10 else 0

    def space_typed(self) -> Space | None:
        return next((space for space in self.spaces if space.slug == self.typed("space")), None)

    # What it says, once it is valid.

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        kind = KINDS.get(data.get("kind", ""))
        own = {f"{kind.slug}_{detail.name}" for detail in kind.details} if kind else set()
        for other in KINDS.values():  # fields of kinds that were not chosen are nobody's mistake
            for name in {f"{other.slug}_{detail.name}" for detail in other.details} - own:
                self._errors.pop(name, None)  # type: ignore[attr-defined]
        if not data.get("title", "").strip() and "title" not in self.errors:
            self.add_error("title", _("Give it a title: it is what people click."))
        if not data.get("body", "").strip():
            self.add_error("body", _("There is nothing in it yet."))
        for detail in kind.details if kind else ():
            name = f"{kind.slug}_{detail.name}" if kind else ""
            if detail.required and name not in self.errors and not data.get(name):
                self.add_error(name, _("%(field)s is needed here.") % {"field": detail.label})
        opens = data.get("opens")
        if opens is not None and opens <= timezone.now():
            self.add_error("opens", _("That moment has passed. Leave the field empty to publish at once."))
        self._check_later(data, opens)
        return data

    def _check_later(self, data: dict[str, Any], opens: dt.datetime | None) -> None:
        """Each later opening needs both halves, and lets in more people than the one before."""
        level = self.level_of(data.get("audience", ""))
        at = opens if self.is_out else opens or timezone.now()
        for number in LATER:
            who, when = data.get(f"opening_rung_{number}"), data.get(f"opening_at_{number}")
            if f"opening_at_{number}" in self.errors or not (who or when):
                continue
            if not who:
                self.add_error(f"opening_rung_{number}", _("For whom?"))
            elif not when:
                self.add_error(f"opening_at_{number}", _("From when on?"))
            elif self.level_of(who) >= level:
                self.add_error(f"opening_rung_{number}", _("They can read it before that already."))
            elif at is not None and when <= at:
                passed = _("That moment has passed.") if when <= timezone.now() else ""
                self.add_error(f"opening_at_{number}", passed or _("This has to come after the date before it."))
            else:
                level, at = self.level_of(who), when

    def level_of(self, word: str) -> int:
        return next((audience.level for audience in self.audiences if audience.word == word), 0)

    def details(self) -> dict[str, Any]:
        """The chosen kind's own fields; moments as text with their offset."""
        kind = KINDS[self.cleaned_data["kind"]]
        values = {detail.name: self.cleaned_data.get(f"{kind.slug}_{detail.name}") for detail in kind.details}
        return {
            name: value.isoformat() if isinstance(value, dt.datetime) else value
            for name, value in values.items()
            if value not in (None, "")
        }

    def reach(self) -> dict[str, Any]:
        """rung, listed_rung and openings, as publish_post takes them."""
        data = self.cleaned_data
        rung = self.level_of(data["audience"])
        openings = [
            (self.level_of(data[f"opening_rung_{number}"]), data[f"opening_at_{number}"])
            for number in LATER
            if data.get(f"opening_rung_{number}") and data.get(f"opening_at_{number}")
        ]
        lowest = min([rung, *(level for level, _at in openings)])
        return {"rung": rung, "openings": openings, "listed_rung": lowest if data["unlisted"] else 0}

    def names(self, field: str) -> list[str]:
        """A comma separated list without its empty places."""
        return [name.strip() for name in self.cleaned_data[field].split(",") if name.strip()]

    def blame(self, problem: ValidationError, kind: str) -> None:
        """Puts what an action refused at the field that it is about."""
        if not hasattr(problem, "error_dict"):
            self.add_error(None, problem)
            return
        for name, errors in problem.message_dict.items():
            field = name if name in self.fields else f"{kind}_{name}"
            field = "opening_rung_1" if name == "openings" else field
            self.add_error(field if field in self.fields else None, errors)
