"""The form about what one wants to be told, and where."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from communities.notifications.kinds import KINDS, Kind
from communities.notifications.wishes import choices_of


class Slugs(forms.MultipleChoiceField):
    """What a newer release no longer knows is left out, not refused."""

    def valid_value(self, value: str) -> bool:
        return True


class WishesForm(forms.Form):
    """bell, mail: the slugs of the kinds that come there. no_mail: only mail about the account itself."""

    bell = Slugs(required=False)
    mail = Slugs(required=False)
    no_mail = forms.BooleanField(label=_("No mail at all except about my account"), required=False)

    def __init__(self, *args: Any, user_id: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.chosen, self.silent = choices_of(user_id)

    def parts(self) -> Iterator[tuple[str, list[tuple[Kind, bool, bool]]]]:
        """Heading by heading: the kinds, each with what holds now (or was just ticked)."""
        parts: dict[str, list[tuple[Kind, bool, bool]]] = {}
        for slug, kind in KINDS.items():
            bell, mail = self.chosen[slug].bell, self.chosen[slug].mail
            if self.is_bound:
                bell, mail = slug in self.data.getlist("bell"), slug in self.data.getlist("mail")  # type: ignore[attr-defined]
            parts.setdefault(str(kind.part), []).append((kind, bell or kind.always, mail))
        yield from parts.items()
