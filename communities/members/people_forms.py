"""Forms about being known in a community: finding people, and how one appears oneself."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from communities.members.directory import as_choices, topics_of
from communities.members.models import Member, Reach, Role
from communities.spaces.models import Community, Topic


class PeopleForm(forms.Form):
    """Stands in the address, so that a search can be shared. A filter for topics shows only where there are some."""

    q = forms.CharField(
        label=_lazy("Name or handle"), required=False, max_length=80, widget=forms.TextInput(attrs={"type": "search"})
    )
    interest = forms.ChoiceField(label=_lazy("Interest"), required=False)
    challenge = forms.ChoiceField(label=_lazy("Challenge"), required=False)
    role = forms.ChoiceField(label=_lazy("Role"), required=False, choices=[("", _lazy("every role")), *Role.choices])
    place = forms.CharField(label=_lazy("Place"), required=False, max_length=80)

    def __init__(self, *args: Any, community: Community, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind, topics in topics_of(community).items():
            if topics:
                self.fields[kind].choices = [("", _("all")), *as_choices(topics)]  # type: ignore[attr-defined]
            else:
                del self.fields[kind]


class AppearForm(forms.Form):
    """The switch, and a group of boxes for each kind of topic that the community knows."""

    listed = forms.BooleanField(
        label=_lazy("Show me among the people here"),
        required=False,
        help_text=_lazy(
            "Members find you there. Who reads something of yours, or knows your handle, finds your page anyway."
        ),
    )

    reach = forms.ChoiceField(
        label=_lazy("Who may write to you"),
        choices=Reach.choices,
        required=False,  # nothing chosen: as it was
        widget=forms.RadioSelect,
        help_text=_lazy("Whoever you block never can."),
    )

    def __init__(self, *args: Any, member: Member, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["listed"].initial, self.fields["reach"].initial = member.listed, member.reach
        picked = set(member.topics.values_list("pk", flat=True))
        words = {Topic.Kind.INTEREST: _("What you care about"), Topic.Kind.CHALLENGE: _("What you struggle with")}
        self.kinds = [kind for kind, topics in topics_of(member.community).items() if topics]
        for kind in self.kinds:
            known = Topic.objects.filter(community=member.community, kind=kind)
            self.fields[kind] = forms.ModelMultipleChoiceField(
                label=words[Topic.Kind(kind)],
                queryset=known,
                required=False,
                widget=forms.CheckboxSelectMultiple,
                initial=known.filter(pk__in=picked),
            )

    def clean_reach(self) -> str:
        return self.cleaned_data["reach"] or str(self.fields["reach"].initial)

    def picked(self) -> list[Topic]:
        return [topic for kind in self.kinds for topic in self.cleaned_data[kind]]
