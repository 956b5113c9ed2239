"""G01, G04: what may be asked of other servers, and how long, with real sockets on loopback; a listener counts who knocks."""

import datetime as dt
import gzip
import ipaddress
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from communities import fetch as door
from communities.fetch import MOST, PUBLIC, Reach, Refused, fetch, is_public

HTML = {"text/html"}
HERE, THERE = "127.0.0.1", "127.0.0.2"
OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n"


class Server:
    """Answers each connection by a function; counts who connects, and keeps what they said."""

    def __init__(self, host: str, answer: Callable[[socket.socket], None], tls: ssl.SSLContext | None = None) -> None:
        self.came, self.asked, self._answer, self._tls = 0, [], answer, tls
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.sock = socket.create_server((host, 0), family=family)
        self.port = self.sock.getsockname()[1]
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        while True:
            try:
                line, _who = self.sock.accept()
            except OSError:
                return
            self.came += 1
            threading.Thread(target=self._serve, args=(line,), daemon=True).start()

    def _serve(self, line: socket.socket) -> None:
        try:
            line.settimeout(20)
            if self._tls is not None:
                line = self._tls.wrap_socket(line, server_side=True)
            self.asked.append(line.recv(65536).decode("latin-1"))
            self._answer(line)
        except OSError:
            pass  # whoever asked has gone, which is what most of this is about
        finally:
            line.close()


@pytest.fixture
def serve() -> Iterator[Callable[..., Server]]:
    running: list[Server] = []

    def start(answer: bytes | Callable[[socket.socket], None], host: str = THERE, **more: Any) -> Server:
        act = answer if callable(answer) else lambda line: line.sendall(answer)
        running.append(Server(host, act, **more))
        return running[-1]

    yield start
    for one in running:
        one.sock.close()


def towards(*addresses: str, allows: Callable[[Any], bool] | None = None, **more: Any) -> Reach:
    """Every name is at these addresses, and only 127.0.0.2 counts as the internet."""
    there = ipaddress.ip_address(THERE)
    return Reach(
        resolve=lambda _host, _port: list(addresses), allows=allows or (lambda one: one == there), ports=None, **more
    )


def why(url: str, reach: Reach = PUBLIC, **more: Any) -> str:
    with pytest.raises(Refused) as told:
        fetch(url, kinds=HTML, reach=reach, **more)
    return str(told.value)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.255.255.254", "0.0.0.0", "0.1.2.3", "10.0.0.1", "172.16.0.1", "172.31.255.254", "192.168.1.1",
        "169.254.169.254", "100.64.0.1", "100.100.100.200", "192.0.0.192", "192.0.2.1", "192.88.99.1", "198.18.0.1",
        "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255", "168.63.129.16",
        "::", "::1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::127.0.0.1", "::8.8.8.8", "::ffff:0:127.0.0.1",
        "64:ff9b::7f00:1", "64:ff9b::808:808", "64:ff9b:1::1", "100::1", "fc00::1", "fd00:ec2::254", "fe80::1", "fe80::1%lo",
        "fec0::1", "ff02::1", "2001::1", "2001:20::1", "2001:db8::1", "2002:7f00:1::1", "3fff::1", "2000::1%lo",
    ],
)  # fmt: skip
def test_what_is_not_the_internet_is_not_asked(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", ["1.1.1.1", "93.184.216.34", "2606:4700::1111", "2a00:1450:4001::1"])
def test_what_is_the_internet_is(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "127.1", "0.0.0.0", "0", "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "017700000001", "localhost",
        "localhost.", "127.0.0.1.", "LOCALHOST", "\uff11\uff12\uff17.0.0.1", "127\u3002" + "0.0.1", "[::]", "[::1]",
        "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]", "[0:0:0:0:0:ffff:127.0.0.1]", "someone@127.0.0.1",
        "example.org@127.0.0.1", "127.0.0.1%2f@example.org", "[::1%25lo]", "127.0.0.1\\@example.org",
    ],
)  # fmt: skip
def test_no_way_to_write_this_machine_knocks_at_it(serve: Any, host: str) -> None:
    """The system's own resolver, and the rule that is in force; of what is strict only the ports are let go."""
    doors = [serve(OK + b"\r\n", host=one) for one in (HERE, "::1")]
    for server in doors:
        user, at, name = host.rpartition("@")
        assert why(f"http://{user}{at}{name}:{server.port}/", replace(PUBLIC, ports=None)) in ("address", "not public")
    assert [server.came for server in doors] == [0, 0]


@pytest.mark.parametrize(
    ("url", "word"),
    [
        ("file:///etc/passwd", "address"),
        ("gopher://127.0.0.1:6379/_x", "address"),
        ("ftp://example.org/", "address"),
        ("javascript:alert(1)", "address"),
        ("//example.org/", "address"),
        ("http:///", "address"),
        ("http://intranet/", "address"),
        ("http://name:word@example.org/", "address"),
        ("http://example.org:99999/", "address"),
        ("http://example.org:x/", "address"),
        ("http://exa\nmple.org/", "address"),
        ("http://example.org/\r\nX: y", "address"),
        ("http://" + "a" * 64 + ".org/", "address"),
        ("http://example.org/" + "x" * 2000, "address"),
        ("http://[::1/", "address"),
        ("http://example.org:22/", "port"),
        ("https://example.org:6379/", "port"),
    ],
)
def test_only_plain_addresses_of_the_web_are_asked(url: str, word: str) -> None:
    def nobody(_host: str, _port: int) -> list[str]:
        raise AssertionError("nobody is looked up")

    assert why(url, replace(PUBLIC, resolve=nobody)) == word


def test_a_page_comes_with_its_kind_and_says_nobodys_name(serve: Any) -> None:
    server = serve(OK + b"Set-Cookie: a=b\r\n\r\n<title>Drums</title>")
    page = fetch(
        f"http://site.example:{server.port}/a b?q=\u00f6#part".replace(" ", "%20"), kinds=HTML, reach=towards(THERE)
    )
    assert (page.kind, page.charset, page.body) == ("text/html", "utf-8", b"<title>Drums</title>")
    head = server.asked[0].split("\r\n")
    assert head[0] == "GET /a%20b?q=%C3%B6 HTTP/1.1"
    assert sorted(line.split(":")[0] for line in head[1:] if line) == [
        "Accept", "Accept-Encoding", "Connection", "Host", "User-Agent",
    ]  # fmt: skip
    assert f"Host: site.example:{server.port}" in head and any(
        one.startswith("User-Agent: Hearth (+http") for one in head
    )


def test_a_name_is_looked_up_once_and_the_socket_goes_there(serve: Any) -> None:
    """DNS rebinding: the second answer of the resolver would be this house; nobody asks it a second time."""
    inside, outside = serve(OK + b"\r\nsecret", host=HERE), None
    outside = Server(THERE, lambda line: line.sendall(OK + b"\r\npublic"))
    answers = [[THERE], [HERE], [HERE]]
    reach = replace(towards(THERE), resolve=lambda _host, _port: answers.pop(0))
    assert fetch(f"http://site.example:{outside.port}/", kinds=HTML, reach=reach).body == b"public"
    assert (len(answers), inside.came) == (2, 0)
    outside.sock.close()


def test_one_address_inside_is_one_too_many(serve: Any) -> None:
    server = serve(OK + b"\r\n")
    assert why(f"http://site.example:{server.port}/", towards(THERE, HERE)) == "not public"
    assert why(f"http://site.example:{server.port}/", towards()) == "no address"
    assert server.came == 0


def test_each_step_of_a_redirect_is_judged_anew(serve: Any) -> None:
    inside = serve(OK + b"\r\nsecret", host=HERE)
    by_name = {"inside.example": [HERE], "outside.example": [THERE]}
    reach = replace(towards(THERE), resolve=lambda host, _port: by_name.get(host) or [host])
    steps = {
        f"http://{HERE}:{inside.port}/": "not public",
        f"http://inside.example:{inside.port}/": "not public",
        f"//{HERE}:{inside.port}/": "not public",
        "file:///etc/passwd": "address",
        f"http://name@outside.example:{inside.port}/": "address",
        "http://own.example/": "own",
    }
    for where, word in steps.items():
        moved = serve(f"HTTP/1.1 302 Found\r\nLocation: {where}\r\n\r\n".encode())
        told = why(f"http://outside.example:{moved.port}/", reach, refuses=lambda host: host == "own.example")
        assert (told, moved.came) == (word, 1), where
    strict = serve(b"HTTP/1.1 301 Moved\r\nLocation: http://outside.example:22/\r\n\r\n")
    only = replace(reach, ports=frozenset({strict.port}))
    assert why(f"http://outside.example:{strict.port}/", only) == "port"
    assert inside.came == 0


def test_three_redirects_are_followed_and_a_circle_ends(serve: Any) -> None:
    left = [3]

    def answer(line: socket.socket) -> None:
        left[0] -= 1
        line.sendall(OK + b"\r\nthere" if left[0] < 0 else b"HTTP/1.1 307 On\r\nLocation: /next?x=1\r\n\r\n")

    server = serve(answer)
    url = f"http://site.example:{server.port}/"
    page = fetch(url, kinds=HTML, reach=towards(THERE))
    assert (page.body, page.url, server.came) == (b"there", f"{url}next?x=1", 4)
    left[0] = 99
    assert (why(url, towards(THERE)), server.came) == ("redirects", 8)


@pytest.mark.parametrize(
    ("answer", "word"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Type: application/pdf\r\n\r\n%PDF", "kind"),
        (b"HTTP/1.1 200 OK\r\n\r\n<title>x</title>", "kind"),
        (b"HTTP/1.1 200 OK\r\nContent-Type: image/svg+xml\r\n\r\n<svg>", "kind"),
        (b"HTTP/1.1 404 No\r\nContent-Type: text/html\r\n\r\nno", "status 404"),
        (b"HTTP/1.1 302 Found\r\n\r\n", "status 302"),
        (b"+OK ready\r\n", "broken"),
        (b"", "broken"),
        (OK + b"Content-Encoding: br\r\n\r\nxx", "packed"),
        (OK + b"Content-Encoding: gzip\r\n\r\nnot packed", "broken"),
        (OK + b"Content-Length: 100\r\n\r\nshort", ""),
        (b"HTTP/1.1 200 OK\r\n" + b"X-A: " + b"a" * 70_000 + b"\r\n\r\n", "broken"),
        (b"HTTP/1.1 200 OK\r\n" + b"X-A: a\r\n" * 5_000 + b"\r\n", "broken"),
        (b"HTTP/1.1 100 Go on\r\n\r\n" * 60_000, "too much"),
    ],
)
def test_what_is_no_page_is_dropped(serve: Any, answer: bytes, word: str) -> None:
    server = serve(answer)
    url = f"http://site.example:{server.port}/"
    if word:
        assert why(url, towards(THERE)) == word
    else:
        assert fetch(url, kinds=HTML, reach=towards(THERE)).body == b"short"


def test_of_a_gigabyte_half_a_megabyte_is_read(serve: Any) -> None:
    sent = [0]

    def answer(line: socket.socket) -> None:
        line.sendall(OK + b"Content-Length: 1073741824\r\n\r\n")
        for _piece in range(1024):
            line.sendall(b"x" * 1024 * 1024)
            sent[0] += 1

    server = serve(answer)
    page = fetch(f"http://site.example:{server.port}/", kinds=HTML, reach=towards(THERE))
    assert len(page.body) == MOST
    assert sent[0] < 64  # what the machine's own buffers took


@pytest.mark.parametrize("packed", ["gzip", "deflate"])
def test_a_bomb_is_unpacked_no_further(serve: Any, packed: str) -> None:
    bomb = b"<title>Boom</title>" + b"\0" * 200_000_000
    small = gzip.compress(bomb, 6) if packed == "gzip" else zlib.compress(bomb, 6)
    server = serve(OK + f"Content-Encoding: {packed}\r\n\r\n".encode() + small)
    page = fetch(f"http://site.example:{server.port}/", kinds=HTML, reach=towards(THERE))
    assert len(page.body) == MOST and page.body.startswith(b"<title>Boom")


def drip(before: bytes, drop: bytes) -> Callable[[socket.socket], None]:
    def answer(line: socket.socket) -> None:
        line.sendall(before)
        while True:
            line.sendall(drop)
            time.sleep(0.05)

    return answer


@pytest.mark.parametrize(
    "answer",
    [
        drip(b"HTTP/1.1 200 OK\r\nX-Slow: ", b"a"),
        drip(b"", b"H"),
        drip(OK + b"\r\n", b"x"),
        drip(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
        lambda line: line.recv(1),
    ],
    ids=["in a header", "before the first line", "in the body", "in chunks", "never"],
)
def test_a_byte_now_and_then_does_not_hold_the_worker(
    serve: Any, answer: Callable[[socket.socket], None], monkeypatch: Any
) -> None:
    """One deadline for all of it; here it is a short one."""
    monkeypatch.setattr(door, "DEADLINE", 0.6)
    server = serve(answer)
    assert why(f"http://site.example:{server.port}/", towards(THERE)) == "slow"


def test_the_deadline_is_five_seconds_and_holds_for_redirects_and_names_together(serve: Any, monkeypatch: Any) -> None:
    assert (door.DEADLINE, MOST <= 1024 * 1024) == (5.0, True)
    monkeypatch.setattr(door, "DEADLINE", 0.6)

    def late(line: socket.socket) -> None:
        time.sleep(0.25)
        line.sendall(b"HTTP/1.1 302 On\r\nLocation: /again\r\n\r\n")

    server = serve(late)
    assert why(f"http://site.example:{server.port}/", towards(THERE)) == "slow"
    dead = replace(towards(THERE), resolve=lambda _host, _port: time.sleep(20) or [])
    assert why("http://site.example/", dead) == "slow"
    silent = serve(lambda _line: None, tls=None)
    assert why(f"https://site.example:{silent.port}/", towards(THERE)) in ("tls", "broken", "slow")


@pytest.fixture(scope="module")
def papers(tmp_path_factory: Any) -> tuple[ssl.SSLContext, str]:
    """A server's TLS for site.example by an authority of its own, and the path of that authority's certificate."""
    folder, now = tmp_path_factory.mktemp("tls"), dt.datetime.now(dt.UTC)
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "site.example")])
    made = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    made = made.not_valid_before(now - dt.timedelta(days=1)).not_valid_after(now + dt.timedelta(days=9))
    made = made.add_extension(x509.SubjectAlternativeName([x509.DNSName("site.example")]), critical=False)
    made = made.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    paper, secret = folder / "paper.pem", folder / "key.pem"
    paper.write_bytes(made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(paper, secret)
    return context, str(paper)


def test_tls_is_for_the_name_and_is_verified(serve: Any, papers: tuple[ssl.SSLContext, str]) -> None:
    context, paper = papers
    called: list[str] = []
    context.sni_callback = lambda _line, name, _context: called.append(name)
    server = serve(OK + b"\r\nsafe", tls=context)
    trusting = towards(THERE, trust=lambda: ssl.create_default_context(cafile=paper))
    assert fetch(f"https://site.example:{server.port}/", kinds=HTML, reach=trusting).body == b"safe"
    assert called == ["site.example"]
    assert why(f"https://other.example:{server.port}/", trusting) == "tls"
    assert why(f"https://site.example:{server.port}/", towards(THERE)) == "tls"
    assert len(server.asked) == 1
