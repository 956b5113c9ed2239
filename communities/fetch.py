"""The one door to servers of others: what somebody linked to is fetched here and nowhere else.

The address that a name stands for is looked up once and judged, and the socket goes to that very address: no second look-up
can lead elsewhere. One deadline and one measure hold for all of it, headers too: what libraries call a time-out begins anew with
every byte, so that a server which sends one a second would keep a worker for hours. That is why this stands on http.client.
"""

import http.client
import io
import ipaddress
import re
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

from django.conf import settings

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

DEADLINE = 5.0  # seconds for everything: names, redirects, the last byte
MOST = 512 * 1024  # bytes of a body after unpacking; what comes after them is not read
MOST_RAW = MOST + 128 * 1024  # bytes over the wire, headers too
REDIRECTS = 3
LONGEST_URL = 2000
MOVED = {301, 302, 303, 307, 308}
_ODD = re.compile(r"[\x00-\x20\x7f\\]")

# Of IPv6 only what is given out to the world (2000::/3) is reached: so nothing that holds an IPv4 address within it (mapped,
# compatible, NAT64), nor link-local, private or multicast. In it these lie apart: Teredo and its like, documentation, 6to4.
_WORLD = ipaddress.ip_network("2000::/3")
_APART = [
    ipaddress.ip_network(one) for one in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", "2620:4f:8000::/48")
]
# Of IPv4 what Python calls global, but for what is set aside, 6to4 relays, multicast, and a cloud's inner service with a public number.
_NOT_V4 = [
    ipaddress.ip_network(one)
    for one in ("192.0.0.0/24", "192.88.99.0/24", "224.0.0.0/4", "240.0.0.0/4", "168.63.129.16/32")
]


class Refused(Exception):
    """Not fetched; the word says why, for the log."""


@dataclass(frozen=True, slots=True)
class Page:
    """url: where it was in the end. body: its first MOST bytes, unpacked. charset: "" where the server does not say."""

    url: str
    kind: str
    charset: str
    body: bytes


def is_public(address: Address) -> bool:
    """May it be asked? Only what anybody on the internet can reach."""
    if isinstance(address, ipaddress.IPv4Address):
        return address.is_global and not any(address in one for one in _NOT_V4)
    return address.scope_id is None and address in _WORLD and not any(address in one for one in _APART)


def look_up(host: str, port: int) -> list[str]:
    """All addresses of a name, as the system's resolver has them."""
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


@dataclass(frozen=True, slots=True)
class Reach:
    """What may be reached. PUBLIC is the only one there is outside of tests, and no setting makes another.

    ports: None for any.
    """

    resolve: Callable[[str, int], list[str]] = look_up
    allows: Callable[[Address], bool] = is_public
    ports: frozenset[int] | None = frozenset({80, 443})
    trust: Callable[[], ssl.SSLContext] = ssl.create_default_context


PUBLIC = Reach()


def fetch(
    url: str, *, kinds: Collection[str], refuses: Callable[[str], bool] = lambda _host: False, reach: Reach = PUBLIC
) -> Page:
    """A page of one of these content types; refuses: hosts that are not asked, neither at first nor by a redirect.

    Sends no cookie, no referrer and nobody's name. Raises Refused for whatever is not a page that comes in time.
    """
    until = time.monotonic() + DEADLINE
    for _hop in range(REDIRECTS + 1):
        found = _one(_Asked.of(url, reach, refuses), set(kinds), reach, until)
        if isinstance(found, Page):
            return found
        url = found
    raise Refused("redirects")


@dataclass(frozen=True, slots=True)
class _Asked:
    url: str
    secure: bool
    host: str
    port: int
    target: str

    @classmethod
    def of(cls, url: str, reach: Reach, refuses: Callable[[str], bool]) -> "_Asked":
        if len(url) > LONGEST_URL or _ODD.search(url):
            raise Refused("address")
        try:
            parts = urlsplit(url)
            secure = parts.scheme == "https"
            host = (parts.hostname or "").removesuffix(".").encode("idna").decode()
            port = parts.port or (443 if secure else 80)
        except (ValueError, UnicodeError):
            raise Refused("address") from None
        if parts.scheme not in ("http", "https") or "@" in parts.netloc or "%" in host:
            raise Refused("address")
        if not re.search(r"[.:]", host):  # names of one word belong to the house that one is in
            raise Refused("address")
        if reach.ports is not None and port not in reach.ports:
            raise Refused("port")
        if refuses(host):
            raise Refused("own")
        target = quote(urlunsplit(("", "", parts.path or "/", parts.query, "")), safe="/%:=&?~+!$,;'@()*[]")
        return cls(url, secure, host, port, target)


def _one(asked: _Asked, kinds: Collection[str], reach: Reach, until: float) -> Page | str:
    """The page, or the address that it has moved to."""
    try:
        with _connected(asked, reach, until) as sock:
            return _answered(asked, kinds, _Line(sock, until))
    except TimeoutError:
        raise Refused("slow") from None
    except ssl.SSLError:
        raise Refused("tls") from None
    except (OSError, http.client.HTTPException, zlib.error, ValueError):
        raise Refused("broken") from None


def _connected(asked: _Asked, reach: Reach, until: float) -> socket.socket:
    """A socket to an address that was judged; with TLS it has shown that it speaks for the name."""
    found = [ipaddress.ip_address(one) for one in _looked_up(asked, reach, until)]
    if not found:
        raise Refused("no address")
    if not all(map(reach.allows, found)):
        raise Refused("not public")
    problem: OSError = OSError()
    tries = list(dict.fromkeys(found))[:4]
    for number, address in enumerate(tries):
        sock = socket.socket(socket.AF_INET if address.version == 4 else socket.AF_INET6, socket.SOCK_STREAM)
        try:
            sock.settimeout(_left(until) / (len(tries) - number))  # one that is silent leaves time for the next
            sock.connect((str(address), asked.port))
            if asked.secure:
                sock.settimeout(_left(until))
                return reach.trust().wrap_socket(sock, server_hostname=asked.host)
            return sock
        except OSError as one:
            sock.close()
            problem = one
    raise problem


def _looked_up(asked: _Asked, reach: Reach, until: float) -> list[str]:
    """The system's resolver knows no deadline of ours: one that does not answer is left behind."""
    found: list[list[str]] = []

    def ask() -> None:
        try:
            found.append(reach.resolve(asked.host, asked.port))
        except (OSError, UnicodeError):
            found.append([])

    asking = threading.Thread(target=ask, name="look up", daemon=True)
    asking.start()
    asking.join(_left(until))
    if not found:
        raise Refused("slow")
    return found[0]


def _left(until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


class _Line(io.RawIOBase):
    """A socket with one deadline and one measure for everything that comes over it."""

    def __init__(self, sock: socket.socket, until: float) -> None:
        self._sock, self._until, self._came = sock, until, 0

    def sendall(self, data: bytes) -> None:
        self._sock.settimeout(_left(self._until))
        self._sock.sendall(data)

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(self, 16 * 1024)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if self._came > MOST_RAW:
            raise Refused("too much")
        self._sock.settimeout(_left(self._until))
        came = self._sock.recv_into(buffer)
        self._came += came
        return came

    def close(self) -> None:
        """The socket is closed by whoever opened it: http.client lets go of it before the body is read."""


def _answered(asked: _Asked, kinds: Collection[str], line: _Line) -> Page | str:
    connection = http.client.HTTPConnection(asked.host, asked.port)
    connection.default_port = 443 if asked.secure else 80
    connection.sock = line
    headers = {
        "User-Agent": f"Hearth (+{settings.SITE_URL}; link preview)",
        "Accept": ", ".join(sorted(kinds)),
        "Accept-Encoding": "identity",
        "Connection": "close",
    }
    connection.request("GET", asked.target, headers=headers)
    answer = connection.getresponse()
    moved = answer.getheader("Location")
    if answer.status in MOVED and moved:
        return urljoin(asked.url, moved)
    if answer.status != 200:
        raise Refused(f"status {answer.status}")
    kind = answer.headers.get_content_type()
    if kind not in kinds or not answer.getheader("Content-Type"):
        raise Refused("kind")
    return Page(asked.url, kind, answer.headers.get_content_charset() or "", _body(answer))


def _body(answer: http.client.HTTPResponse) -> bytes:
    """Its first MOST bytes; what is packed is unpacked no further than that."""
    packed = (answer.getheader("Content-Encoding") or "identity").lower()
    if packed not in ("identity", "gzip", "x-gzip", "deflate"):
        raise Refused("packed")
    unpacking = zlib.decompressobj(wbits=47) if packed != "identity" else None
    body = bytearray()
    while len(body) < MOST:
        piece = answer.read1(16 * 1024)
        if not piece:
            break
        room = MOST - len(body)
        body += unpacking.decompress(piece, room) if unpacking is not None else piece[:room]
    return bytes(body)
