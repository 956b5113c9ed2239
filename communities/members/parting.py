"""What else ends when somebody leaves a community: upper apps say it here, before they confirm, and end it after."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from communities.members.models import Member


@dataclass(frozen=True, slots=True)
class Parting:
    """words: a sentence for each thing that will end. end: ends it, once they are gone; it refuses nothing and asks nobody to wait."""

    words: Callable[[Member], Iterable[str]]
    end: Callable[[Member], None]


_partings: list[Parting] = []


def register_parting(parting: Parting) -> None:
    _partings.append(parting)


def what_ends(member: Member) -> list[str]:
    return [words for parting in _partings for words in parting.words(member)]


def end_all(member: Member) -> None:
    for parting in _partings:
        parting.end(member)
