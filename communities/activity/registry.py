"""What can be announced (Verb) and who wants to hear it (subscriber); apps declare both at import."""

from collections.abc import Callable, Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.functional import Promise

if TYPE_CHECKING:
    from communities.activity.models import Activity


@dataclass(frozen=True, slots=True)
class Verb:
    """name: `noun.past_participle`. sentence: gettext text with {actor} and {object}. audience: who may be told
    ("object": whoever may read the object; "team"; "actor"). weight: what it counts for as a contribution, 0 for none.
    """

    name: str
    sentence: str | Promise
    audience: str = "object"
    weight: int = 0


Handler = Callable[["Activity"], None]
# (activity, what is left of it: "" at first) -> what is left after one step, "" when all is done.
Stepper = Callable[["Activity", str], str]
VERBS: dict[str, Verb] = {}
SUBSCRIBERS: dict[str, tuple[AbstractSet[str], Any]] = {}
STEPPERS: set[str] = set()  # names of subscribers that work in steps


def declare(*verbs: Verb) -> None:
    """Makes verbs known; record() refuses any other."""
    for verb in verbs:
        VERBS[verb.name] = verb


def subscriber(name: str, verbs: Iterable[str]) -> Callable[[Handler], Handler]:
    """The handler hears each activity with one of the verbs at least once, after commit, in a worker: it must be idempotent."""

    def wrap(handler: Handler) -> Handler:
        SUBSCRIBERS[name] = (frozenset(verbs), handler)
        return handler

    return wrap


def stepper(name: str, verbs: AbstractSet[str]) -> Callable[[Stepper], Stepper]:
    """Like `subscriber`, for what may take long: each step is short, in its own transaction, and goes on where the last one ended.

    verbs: looked at anew with every activity, so that it may grow while apps load.
    """

    def wrap(step: Stepper) -> Stepper:
        SUBSCRIBERS[name] = (verbs, step)
        STEPPERS.add(name)
        return step

    return wrap


def subscribers_of(verb: str) -> list[str]:
    return [name for name, (verbs, _handler) in SUBSCRIBERS.items() if verb in verbs]
