"""The address that a start takes, or why it cannot."""

import socket

import pytest

from config.datafolder import Refusal
from config.listening import listen, read_port, serves
from config.processes import free_port


@pytest.mark.parametrize("text", ["0", "65536", "-1", "8000x", "", "８０００"])
def test_a_port_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(Refusal, match="PORT is a number from 1 to 65535"):
        read_port(text)


def test_a_loopback_start_listens_on_both_kinds_of_localhost() -> None:
    port = free_port()
    opened = listen("127.0.0.1", port)
    try:
        assert opened[0].getsockname() == ("127.0.0.1", port)
        assert all(one.getsockname()[0] in ("127.0.0.1", "::1") for one in opened)
        socket.create_connection(("localhost", port), timeout=2).close()
    finally:
        for one in opened:
            one.close()


def test_a_taken_port_is_one_sentence_that_names_it() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(Refusal) as refused:
            listen("localhost", port)
    assert str(refused.value) == f"Port {port} is taken; stop what uses it or set PORT to another one."


def test_nothing_serves_where_nobody_listens() -> None:
    assert serves("127.0.0.1", free_port()) is False
