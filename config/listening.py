"""The sockets that the supervisor opens for the web part, and the question whether it serves. Standard library only."""

from __future__ import annotations

import errno
import http.client
import socket

from config.datafolder import Refusal

LOOPBACK = ("127.0.0.1", "localhost", "::1")
ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - where one asks, not where one listens


def read_port(text: str) -> int:
    if text.isascii() and text.isdigit() and 0 < int(text) < 65536:
        return int(text)
    raise Refusal(f"PORT is a number from 1 to 65535, not {text!r}.")


def listen(host: str, port: int) -> list[socket.socket]:
    """The sockets to serve: for a loopback host both kinds, since `localhost` may mean either."""
    opened: list[socket.socket] = []
    for name in ("127.0.0.1", "::1") if host in LOOPBACK else (host,):
        try:
            opened.append(open_socket(name, port))
        except OSError as problem:
            if opened and problem.errno != errno.EADDRINUSE:
                continue  # no IPv6 on this machine
            for each in opened:
                each.close()
            if problem.errno == errno.EADDRINUSE:
                raise Refusal(f"Port {port} is taken; stop what uses it or set PORT to another one.") from None
            raise Refusal(f"Cannot listen on {name}:{port}: {problem.strerror or problem}.") from None
    return opened


def open_socket(name: str, port: int) -> socket.socket:
    one = socket.socket(socket.AF_INET6 if ":" in name else socket.AF_INET, socket.SOCK_STREAM)
    try:
        # Without it a restart would wait for the last start's connections to be forgotten.
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if one.family == socket.AF_INET6:
            one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        one.bind((name, port))
        one.listen(512)
        one.setblocking(False)
    except OSError:
        one.close()
        raise
    return one


def serves(address: str, port: int) -> bool:
    """A real 200 of /healthz, through the same door as everybody's."""
    line = http.client.HTTPConnection(ANYWHERE.get(address, address), port, timeout=2)
    try:
        line.request("GET", "/healthz")
        return line.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        line.close()
