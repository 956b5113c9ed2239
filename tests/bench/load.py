"""Requests a second over kept-alive connections: by wrk where it is installed, else by a small client of our own."""

import re
import shutil
import socket
import subprocess
import threading
import time
import uuid
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

CONNECTIONS = 16
SECONDS = 8.0


@dataclass(frozen=True, slots=True)
class Load:
    """a_second: answers with status 200 each second. failed: everything else that came back. by: who asked."""

    a_second: float
    failed: int
    by: str


def measure(url: str, *, cookie: str = "", seconds: float = SECONDS) -> Load:
    """A second of warming up, then the measurement."""
    tool = _wrk if shutil.which("wrk") else _own
    tool(url, cookie, 1.5)
    return tool(url, cookie, seconds)


def _wrk(url: str, cookie: str, seconds: float) -> Load:
    command = ["wrk", "-t", "1", "-c", str(CONNECTIONS), "-d", f"{max(1, round(seconds))}s"]
    command += ["-H", f"Cookie: {cookie}"] if cookie else []
    said = subprocess.run([*command, url], capture_output=True, text=True, check=True).stdout
    failed = re.search(r"Non-2xx or 3xx responses: (\d+)", said)
    rate = re.search(r"Requests/sec:\s+([\d.]+)", said)
    assert rate is not None, said
    return Load(float(rate[1]), int(failed[1]) if failed else 0, "wrk")


def _own(url: str, cookie: str, seconds: float) -> Load:
    """Threads with one connection each; slower than wrk, so its figures are lower: compare ratios only."""
    counts = {"good": 0, "bad": 0}
    ends = time.monotonic() + seconds
    threads = [threading.Thread(target=_ask, args=(url, cookie, ends, counts)) for _number in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Load(counts["good"] / seconds, counts["bad"], "the built-in client")


def measure_posts(urls: list[str], cookies: list[str], *, seconds: float = SECONDS) -> Load:
    """Comments a second: each connection is somebody of their own, and sends one after the other to an address of `urls`."""
    counts = {"good": 0, "bad": 0}
    for span in (1.5, seconds):
        counts = {"good": 0, "bad": 0}
        ends = time.monotonic() + span
        threads = [
            threading.Thread(target=_send, args=(urls[at % len(urls)], cookies[at % len(cookies)], ends, counts))
            for at in range(CONNECTIONS)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    return Load(counts["good"] / seconds, counts["bad"], "the built-in client")


def _send(url: str, cookie: str, ends: float, counts: dict[str, int]) -> None:
    where, token = urlsplit(url), "b" * 32
    head = f"POST {where.path} HTTP/1.1\r\nHost: {where.netloc}\r\nCookie: {cookie}; csrftoken={token}\r\n"
    head += f"X-CSRFToken: {token}\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    with socket.create_connection((where.hostname or "", where.port or 80), timeout=30) as connection:
        answers = connection.makefile("rb")
        while time.monotonic() < ends:
            body = f"answers=&request={uuid.uuid4()}&body=The+*margins*+are+lovely.+{'Slow+is+smooth.+' * 12}"
            connection.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n{body}".encode())
            good = _answer(answers) == 302
            counts["good" if good else "bad"] += 1


def _answer(answers: Any) -> int:
    """Reads one answer to its end; its status."""
    status, length = int(answers.readline().split()[1]), 0
    while (line := answers.readline()) not in (b"\r\n", b""):
        if line.lower().startswith(b"content-length:"):
            length = int(line.split(b":")[1])
    answers.read(length)
    return status


def _ask(url: str, cookie: str, ends: float, counts: dict[str, int]) -> None:
    where = urlsplit(url)
    extra = f"Cookie: {cookie}\r\n" if cookie else ""
    request = f"GET {where.path or '/'} HTTP/1.1\r\nHost: {where.netloc}\r\n{extra}\r\n".encode()
    with socket.create_connection((where.hostname or "", where.port or 80), timeout=10) as connection:
        answers = connection.makefile("rb")
        while time.monotonic() < ends:
            connection.sendall(request)
            counts["good" if _answer(answers) == 200 else "bad"] += 1
