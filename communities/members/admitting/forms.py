"""Forms of the owner and the team about who comes in. Lists are rows of plain fields: emptied is gone, the order is the page's."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from communities.members.models import JoinQuestion
from communities.members.questions import MOST as MOST_QUESTIONS
from communities.spaces.models import Topic
from communities.spaces.topics import MOST as MOST_TOPICS
from communities.spaces.topics import Offer

SPARE = 3  # empty rows that are offered


class NoteForm(forms.Form):
    note = forms.CharField(
        label=_("A word to them"),
        required=False,
        max_length=500,
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )


class GuidelinesForm(forms.Form):
    source = forms.CharField(
        label=_("The text"),
        max_length=20_000,
        help_text=_("Markdown. Short ones are read."),
        widget=forms.Textarea(attrs={"rows": 16, "dir": "auto"}),
    )


class QuestionsForm(forms.Form):
    """question_0, required_0, question_1, …"""

    def __init__(self, *args: Any, questions: Sequence[JoinQuestion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for at in range(MOST_QUESTIONS):
            known = questions[at] if at < len(questions) else None
            self.fields[f"question_{at}"] = forms.CharField(
                label=_("Question %(n)s") % {"n": at + 1},
                required=False,
                max_length=200,
                initial=known.text if known else "",
                widget=forms.TextInput(attrs={"dir": "auto"}),
            )
            self.fields[f"required_{at}"] = forms.BooleanField(
                label=_("has to be answered"), required=False, initial=known.required if known else True
            )

    @property
    def rows(self) -> list[tuple[Any, Any]]:
        return [(self[f"question_{at}"], self[f"required_{at}"]) for at in range(MOST_QUESTIONS)]

    def asked(self) -> list[tuple[str, bool]]:
        data = self.cleaned_data
        return [(data[f"question_{at}"], data[f"required_{at}"]) for at in range(MOST_QUESTIONS)]


class TopicsForm(forms.Form):
    """interest_0, interest_0_tag, …, challenge_0, challenge_0_tag, …"""

    def __init__(self, *args: Any, topics: Sequence[Topic], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.shown: dict[str, int] = {}
        for kind in Topic.Kind:
            known = [topic for topic in topics if topic.kind == kind]
            self.shown[kind] = min(len(known) + SPARE, MOST_TOPICS)
            for at in range(self.shown[kind]):
                self._add(kind, at, known[at] if at < len(known) else None)

    def _add(self, kind: Topic.Kind, at: int, known: Topic | None) -> None:
        number = {"kind": capfirst(kind.label), "n": at + 1}
        self.fields[f"{kind.value}_{at}"] = forms.CharField(
            label=_("%(kind)s %(n)s") % number,
            required=False,
            max_length=60,
            initial=known.label if known else "",
            widget=forms.TextInput(attrs={"dir": "auto"}),
        )
        self.fields[f"{kind.value}_{at}_tag"] = forms.CharField(
            label=_("its tag"), required=False, max_length=60, initial=known.slug if known else ""
        )

    def _rows(self, kind: str) -> list[tuple[Any, Any]]:
        return [(self[f"{kind}_{at}"], self[f"{kind}_{at}_tag"]) for at in range(self.shown[kind])]

    @property
    def groups(self) -> list[dict[str, Any]]:
        return [
            {"title": _("Interests"), "about": _("What do you care about?"), "rows": self._rows(Topic.Kind.INTEREST)},
            {
                "title": _("Challenges"),
                "about": _("What do you struggle with?"),
                "rows": self._rows(Topic.Kind.CHALLENGE),
            },
        ]

    def offers(self) -> list[Offer]:
        data = self.cleaned_data
        return [
            Offer(kind, data[f"{kind}_{at}"], data[f"{kind}_{at}_tag"])
            for kind in Topic.Kind.values
            for at in range(self.shown[kind])
            if data[f"{kind}_{at}"].strip()
        ]
