"""A house on the internet, which is another number of this machine: its pages, who asked for them, and the way there."""

import ipaddress
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from communities.embeds.actions import look_up_due
from communities.fetch import Reach
from tests.communities.comments.conftest import say

__all__ = ["say"]  # as in the tests of comments

THERE = "127.0.0.2"
PAGE = (
    '<!doctype html><html><head><title>Old &amp; slow</title><meta name="description" content="Two drums, one sheet.">'
    '<meta property="og:site_name" content="The Print Post"></head><body><h1>Drums</h1></body></html>'
)


class Elsewhere:
    """pages: by path, what stands there (a text, or the address that it has moved to). asked: the paths, in their order."""

    def __init__(self) -> None:
        self.pages: dict[str, str] = {"/drums": PAGE}
        self.asked: list[str] = []
        handler = type(
            "Handler", (BaseHTTPRequestHandler,), {"do_GET": lambda one: self._answer(one), "log_message": _say_nothing}
        )
        self._server = ThreadingHTTPServer((THERE, 0), handler)
        self._server.daemon_threads = True
        self.port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def _answer(self, one: Any) -> None:
        self.asked.append(one.path)
        page = self.pages.get(one.path, "")
        one.send_response(302 if page.startswith("http") else 200 if page else 404)
        one.send_header(
            "Location" if page.startswith("http") else "Content-Type", page if page.startswith("http") else "text/html"
        )
        one.end_headers()
        one.wfile.write(page.encode())

    def link(self, path: str = "/drums") -> str:
        return f"http://print.example:{self.port}{path}"

    def work(self) -> int:
        """What the worker does every few seconds; only this machine's second number counts as the internet."""
        there = ipaddress.ip_address(THERE)
        return look_up_due(reach=Reach(lambda _host, _port: [THERE], lambda one: one == there, None))

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def _say_nothing(*_words: Any) -> None: ...


@pytest.fixture
def elsewhere() -> Iterator[Elsewhere]:
    house = Elsewhere()
    yield house
    house.close()
