"""What the people of the demo say: comments under its posts, reactions to posts, and what still waits for the team.

talk/<stem of a post>.yaml holds the comments of one post. Lengths of time are written 40m, 3h or 2d: `after` and `edited`
count from the moment the post went out, `ago` counts back from now.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from config.demo.texts import texts

HERE = Path(__file__).parent / "talk"
UNITS = {"m": "minutes", "h": "hours", "d": "days"}
WORDS = {"by", "after", "text", "reactions", "replies", "to", "removed", "edited", "before"}

Reactions = Mapping[str, tuple[str, ...]]  # emoji to handles


@dataclass(frozen=True, slots=True)
class Spoken:
    """One comment. parent: index in talk() of the comment whose thread it is in, None for the first of a thread;
    to: index of the reply in that thread which it answers, None if it answers the first. Both stand before it in talk().
    before: the text as it stood until `edited`."""

    post: str
    community: str
    by: str
    after: dt.timedelta
    text: str
    reactions: Reactions
    parent: int | None = None
    to: int | None = None
    removed: bool = False
    edited: dt.timedelta | None = None
    before: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """A member's question nobody of the team has answered yet; not part of talk()."""

    post: str
    community: str
    by: str
    ago: dt.timedelta
    text: str


@dataclass(frozen=True, slots=True)
class JoinRequest:
    community: str
    handle: str
    ago: dt.timedelta
    answers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """comment: index in talk() of the comment that `by` reported."""

    comment: int
    by: str
    reason: str
    note: str
    ago: dt.timedelta


@dataclass(frozen=True, slots=True)
class Waiting:
    questions: tuple[Question, ...]
    join_request: JoinRequest
    reports: tuple[Report, ...]


@cache
def talk() -> tuple[Spoken, ...]:
    """Every comment, post by post in the order of texts(), each thread as its first comment and then its replies."""
    communities = _communities()
    strange = {path.stem for path in HERE.glob("[!_]*.yaml")} - communities.keys()
    if strange:
        raise ValueError(f"comments under posts that do not exist: {sorted(strange)}")
    said: list[Spoken] = []
    for post, community in communities.items():
        path = HERE / f"{post}.yaml"
        for first in _read(path) if path.exists() else ():
            parent = len(said)
            said.append(_spoken(post, community, first))
            latest: dict[str, int] = {}  # by author: index of the last reply so far
            for reply in first.get("replies", ()):
                to = reply.get("to")
                if to is not None and to not in latest:
                    raise ValueError(f"{post}: {reply['by']} answers {to}, who has not replied there before")
                said.append(_spoken(post, community, reply, parent, latest[to] if to else None))
                latest[reply["by"]] = len(said) - 1
    return tuple(said)


@cache
def post_reactions() -> Mapping[str, Reactions]:
    """By stem of the post: who reacted to the post itself, and with what."""
    return {post: _reactions(reactions) for post, reactions in _read(HERE / "_reactions.yaml").items()}


@cache
def waiting() -> Waiting:
    """What the team finds on its desk: open questions, one request to join, reports."""
    raw, communities = _read(HERE / "_waiting.yaml"), _communities()
    request = raw["join_request"]
    return Waiting(
        questions=tuple(
            Question(line["post"], communities[line["post"]], line["by"], length(line["ago"]), line["text"].strip())
            for line in raw["questions"]
        ),
        join_request=JoinRequest(
            request["community"], request["handle"], length(request["ago"]), tuple(request["answers"])
        ),
        reports=tuple(
            Report(
                _only(line["post"], line["comment_by"]), line["by"], line["reason"], line["note"], length(line["ago"])
            )
            for line in raw["reports"]
        ),
    )


def length(written: str) -> dt.timedelta:
    """40m, 3h or 2d."""
    return dt.timedelta(**{UNITS[written[-1]]: int(written[:-1])})


def _communities() -> dict[str, str]:
    return {text.file: text.community for text in texts()}


def _read(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def _spoken(
    post: str, community: str, line: Mapping[str, Any], parent: int | None = None, to: int | None = None
) -> Spoken:
    if strange := line.keys() - WORDS:
        raise ValueError(f"{post}, {line['by']}: unknown words {sorted(strange)}")
    if parent is not None and "replies" in line:
        raise ValueError(f"{post}, {line['by']}: a reply has no replies of its own, only `to`")
    return Spoken(
        post=post,
        community=community,
        by=line["by"],
        after=length(line["after"]),
        text=line["text"].strip(),
        reactions=_reactions(line.get("reactions", {})),
        parent=parent,
        to=to,
        removed=line.get("removed", False),
        edited=length(line["edited"]) if "edited" in line else None,
        before=line.get("before", "").strip(),
    )


def _reactions(raw: Mapping[str, list[str]]) -> Reactions:
    return {emoji: tuple(handles) for emoji, handles in raw.items()}


def _only(post: str, by: str) -> int:
    """The index of the one comment that somebody wrote under a post."""
    found = [at for at, spoken in enumerate(talk()) if (spoken.post, spoken.by) == (post, by)]
    if len(found) != 1:
        raise ValueError(f"{post}: {by} has {len(found)} comments there, a report names one")
    return found[0]
