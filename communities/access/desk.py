"""The parts of an admin page: a Button that calls an action with a reason, and a Line of what happened to a row."""

import datetime as dt
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db import models
from django.utils.translation import gettext_lazy as _

from communities.access.viewer import Viewer


class ActForm(forms.Form):
    """What a button asks before it acts. `obj` is the row; None where several rows are acted on at once."""

    def __init__(self, *args: Any, obj: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.obj = obj


class ReasonForm(ActForm):
    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
        help_text=_("It stays in the log beside your name."),
    )


class MomentInput(forms.DateTimeInput):
    """The browser's own picker: works with the keyboard, needs no script of ours."""

    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M")


def always(_obj: Any) -> bool:
    return True


# What an action changed: (name, before, after) each, in words.
Changes = list[tuple[str, str, str]]
# (who is asking, the row, what the form asked for) -> what changed, for Django's log; None where the action keeps a log itself.
Acting = Callable[[Viewer, Any, Mapping[str, Any]], Changes | None]


@dataclass(frozen=True, slots=True)
class Button:
    """One action on a row. shown: when it makes sense there; ability: what the viewer needs in the row's community.

    Whoever presses it also needs the model's change permission: that is how groups are given buttons.
    asks_outside: the action speaks to another house (Stripe), and no transaction of ours is held open meanwhile.
    """

    name: str
    label: Any
    act: Acting
    done: Any
    shown: Callable[[Any], bool] = always
    ability: str = ""
    form: type[ActForm] = ReasonForm
    explained: Any = ""
    danger: bool = False
    bulk: bool = False
    asks_outside: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a row's history."""

    at: dt.datetime
    who: str
    what: str
    why: str = ""
    before: str = ""
    after: str = ""


# Apps that keep a log of their own say here what it holds about a row.
_histories: list[Callable[[models.Model], list[Line]]] = []


def register_history(lines_of: Callable[[models.Model], list[Line]]) -> None:
    _histories.append(lines_of)


def history_of(obj: models.Model) -> list[Line]:
    """What every log holds about this row, newest first."""
    lines = [line for lines_of in _histories for line in lines_of(obj)]
    return sorted(lines, key=lambda line: line.at, reverse=True)


def change_of(name: Any, before: Any, after: Any) -> tuple[str, str, str]:
    """One changed value, as the log keeps it; nothing is a dash."""
    shown = ["–" if value in (None, "") else str(value)[:200] for value in (before, after)]
    return str(name), shown[0], shown[1]


def log_message(changes: Changes, why: str = "") -> str:
    """For Django's LogEntry: its own pages read the first part, our history the rest."""
    fields = [f"{name} “{before}” → “{after}”" for name, before, after in changes]
    return json.dumps([{"changed": {"fields": fields}, "changes": changes, "why": why}])


def read_message(message: str) -> tuple[Changes, str]:
    """The changes and the reason that log_message wrote; nothing where the entry is Django's own."""
    try:
        parts = json.loads(message)
    except ValueError:
        return [], ""
    first = parts[0] if isinstance(parts, list) and parts and isinstance(parts[0], dict) else {}
    return [tuple(change) for change in first.get("changes", [])], first.get("why", "")
