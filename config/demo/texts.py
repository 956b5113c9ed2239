"""The posts of the demo as they lie in halftone/ and atelier/: Markdown with YAML front matter, dates as days before today."""

import datetime as dt
import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

FOLDERS = {"demo": "halftone", "atelier": "atelier"}
PICTURE = re.compile(r"!\[(?P<alt>[^\]]*)\]\((?P<name>[a-z0-9_-]+)\)")


@dataclass(frozen=True, slots=True)
class Text:
    """One post. days: before today, negative for the future; openings: (rung, days from today), so that the demo stays true."""

    file: str
    community: str
    title: str
    space: str
    kind: str
    days: int
    author: str
    body: str
    teaser: str = ""
    cover: str = ""
    cover_alt: str = ""
    state: str = "published"
    rung: int = 0
    hidden_by: str = ""
    reason: str = ""
    tags: list[str] = field(default_factory=list)
    bylines: list[str] = field(default_factory=list)
    openings: list[tuple[int, int]] = field(default_factory=list)
    details: dict[str, Any] = field(default_factory=dict)

    @property
    def pictures(self) -> list[tuple[str, str]]:
        """(name, alternative text) of every picture, the cover first."""
        cover = [(self.cover, self.cover_alt)] if self.cover else []
        return cover + [(found["name"], found["alt"]) for found in PICTURE.finditer(self.body)]

    def moment(self, today: dt.date, zone: ZoneInfo) -> dt.datetime:
        """When it went out: by day as written, at an hour that differs from post to post."""
        turn = sum(map(ord, self.file))
        hour = 18 if self.openings or self.days < 0 else 8 + turn % 11
        return dt.datetime.combine(
            today - dt.timedelta(days=self.days), dt.time(hour, turn % 12 * 5 if hour < 18 else 0), zone
        )


@cache
def texts() -> tuple[Text, ...]:
    """Every post of both communities, oldest first in each."""
    found = []
    for community, folder in FOLDERS.items():
        for path in sorted((Path(__file__).parent / folder).glob("*.md")):
            _start, front, body = path.read_text(encoding="utf-8").split("---\n", 2)
            found.append(Text(file=path.stem, community=community, body=body.strip() + "\n", **yaml.safe_load(front)))
    return tuple(found)


def details_of(text: Text, today: dt.date, zone: ZoneInfo) -> dict[str, Any]:
    """The kind's own fields, with `until_days` (from today) turned into a moment."""
    details = dict(text.details)
    if "until_days" in details:
        last = today + dt.timedelta(days=details.pop("until_days"))
        details["until"] = dt.datetime.combine(last, dt.time(18), zone).isoformat()
    return details
