"""Forms at the door and right behind it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from communities.members.door import LONGEST_ANSWER
from communities.members.entrance.reading import Doorway
from communities.members.models import JoinQuestion
from communities.spaces.models import Topic


class DoorForm(forms.Form):
    """answer_<id> for each question, agreed for the guidelines. What is missing the action says."""

    agreed = forms.BooleanField(label=_("I have read the guidelines and agree to them"), required=False)

    def __init__(self, *args: Any, way: Doorway, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.way = way
        if way.guidelines is None:
            del self.fields["agreed"]
        for question in way.questions:
            box = forms.Textarea(attrs={"rows": 3, "dir": "auto", "class": "short"})
            self.fields[f"answer_{question.pk}"] = forms.CharField(
                label=question.text, required=False, max_length=LONGEST_ANSWER, widget=box
            )
        self.order_fields([*(f"answer_{question.pk}" for question in way.questions), "agreed"])

    @property
    def answers(self) -> list[tuple[JoinQuestion, str]]:
        return [(question, self.cleaned_data.get(f"answer_{question.pk}", "")) for question in self.way.questions]

    @property
    def version(self) -> int | None:
        """Of the text that stood beside the tick."""
        sent = self.data.get("version", "")
        return int(sent) if self.cleaned_data.get("agreed") and sent.isdecimal() and len(sent) < 10 else None


class WelcomeForm(forms.Form):
    """Topics by kind; nothing chosen is an answer too."""

    interest = forms.MultipleChoiceField(
        label=_("What do you care about?"), required=False, widget=forms.CheckboxSelectMultiple
    )
    challenge = forms.MultipleChoiceField(
        label=_("What do you struggle with?"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, topics: list[Topic], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.topics = topics
        for kind in Topic.Kind.values:
            choices = [(topic.slug, topic.label) for topic in topics if topic.kind == kind]
            if choices:
                self.fields[kind].choices = choices  # type: ignore[attr-defined]
            else:
                del self.fields[kind]

    def chosen(self) -> list[Topic]:
        return [topic for topic in self.topics if topic.slug in self.cleaned_data.get(topic.kind, [])]
