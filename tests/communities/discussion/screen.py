"""A room on somebody's screen, without a browser: it does with frames what live.js and room.js do."""

import json
import re
from typing import Any

from communities.access.viewer import Viewer
from communities.discussion.fragments import html_of
from communities.discussion.models import Message, Room
from communities.discussion.reading import window_of

HEAD = re.compile(r'id="message-(\d+)" data-number="(\d+)" data-rev="(\d+)"')
Row = tuple[int, int, str]  # id, rev, html
ABOUT = re.compile(r'data-about="(\d+)" dir="auto">[^<]*<')


class Screen:
    """A tab: `after` is the last number it heard, `rows` what stands there, `passed` what came for places it is loading."""

    def __init__(self, room: Room, viewer: Viewer) -> None:
        self.room, self.viewer = room, viewer
        self.user_id = viewer.user_id or 0
        self.at: Any = None
        self.load()

    def load(self) -> None:
        row = Room.objects.select_related("community").get(pk=self.room.pk)
        self.after, self.coming, self.called = row.rev, "", dict[str, str]()
        self.rows: dict[int, Row] = {}
        self.passed: list[str] = []
        window = window_of(row, self.viewer)
        self.earlier, self.later = window.earlier, window.later
        self._show(row, window.rows)

    # --- the socket, as the feed sees it ---

    def tell(self, text: str) -> None:
        frame = json.loads(text)
        if frame["seq"] and frame["kind"] != "joined" and frame["seq"] <= self.after:
            return
        self.after = max(self.after, frame["seq"])
        if frame["kind"] == "reload":
            self.load()
        elif frame["kind"] == "message":
            self.put(frame["html"])
        elif frame["kind"] == "topic":
            self.called[str(frame["id"])] = frame["html"]

    async def keeps_up(self) -> bool:
        return True

    # --- room.js ---

    def put(self, html: str) -> None:
        found = HEAD.search(html)
        assert found is not None
        pk, number, rev = map(int, found.groups())
        if number in self.rows:
            if self.rows[number][1] < rev:
                self.rows[number] = (pk, rev, html)
        elif self.rows and ((self.earlier and number < min(self.rows)) or (self.later and number > max(self.rows))):
            if self.coming:
                self.passed.append(html)
        else:
            self.rows[number] = (pk, rev, html)

    def ask(self, way: str) -> None:
        """Sends for the messages above or below; `show` is when the answer comes."""
        if self.coming or not self.rows or not (self.earlier if way == "before" else self.later):
            return
        self.coming = way
        edge = min(self.rows) if way == "before" else max(self.rows)
        row = Room.objects.select_related("community").get(pk=self.room.pk)
        window = window_of(row, self.viewer, **{way: edge})
        html = html_of(row, window.rows)
        self.answer = ([html[one.pk] for one in window.rows], window.earlier if way == "before" else window.later)

    def show(self) -> None:
        if not self.coming:
            return
        for html in self.answer[0]:
            found = HEAD.search(html)
            assert found is not None
            pk, number, rev = map(int, found.groups())
            if number not in self.rows:
                self.rows[number] = (pk, rev, html)
        if self.coming == "before":
            self.earlier = self.answer[1]
        else:
            self.later = self.answer[1]
        self.coming, passed, self.passed = "", self.passed, []
        for html in passed:
            self.put(html)

    def _show(self, row: Room, messages: list[Message]) -> None:
        html = html_of(row, messages)
        self.rows |= {one.number: (one.pk, one.rev, html[one.pk]) for one in messages}

    def whole(self) -> dict[int, Row]:
        for way in ("before", "after"):
            while self.earlier if way == "before" else self.later:
                self.show()
                self.ask(way)
                self.show()
        return {number: (pk, rev, ABOUT.sub(self._named, html)) for number, (pk, rev, html) in self.rows.items()}

    def _named(self, link: re.Match[str]) -> str:
        name = self.called.get(link[1])
        return link[0] if name is None else f'data-about="{link[1]}" dir="auto">{name}<'
