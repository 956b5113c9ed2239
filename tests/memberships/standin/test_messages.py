"""Messages over real HTTP: signed, tried again, held, turned round, doubled, lost and forged; and calls that fail."""

import time
from typing import Any

import pytest

from memberships.billing import gateway, patience
from tests.memberships.process import SECRET, Mailbox, StandIn
from tests.memberships.shop import a_customer, a_key, a_price, a_session, event_types, subscribed


def test_each_message_is_signed_and_reads_as_the_event_it_is(standin: StandIn, letterbox: Mailbox) -> None:
    subscribed(standin)
    standin.do("wait")
    assert letterbox.letters
    for letter in letterbox.letters:
        event = gateway.verify(letter["body"], letter["header"], [SECRET])
        assert gateway.retrieve_event(event["id"])["data"] == event["data"]
        assert (event["api_version"], event["livemode"]) == (gateway.API_VERSION, False)


def test_a_message_that_was_not_taken_comes_again(standin: StandIn, letterbox: Mailbox) -> None:
    letterbox.status = lambda letter: 503 if letterbox.types().count("invoice.paid") < 1 else 200
    subscribed(standin)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and letterbox.types().count("invoice.paid") < 2:
        time.sleep(0.05)
    answers = [letter["status"] for letter in letterbox.letters if letter["event"]["type"] == "invoice.paid"]
    assert answers == [503, 200]


def test_what_is_held_is_let_go_in_reverse_and_twice(standin: StandIn, letterbox: Mailbox) -> None:
    standin.do("hold")
    subscribed(standin)
    assert letterbox.letters == []
    assert standin.state()["messages"] == {"held": 4}
    assert standin.do("release", order="reverse", times=2) == {"released": 8}
    standin.do("wait")
    assert len(letterbox.letters) == 8
    assert len({letter["event"]["id"] for letter in letterbox.letters}) == 4


def test_lost_messages_are_still_readable_and_can_be_sent_again(standin: StandIn, letterbox: Mailbox) -> None:
    began = gateway.now() - 5
    standin.do("drop", next=-1)
    subscribed(standin)
    standin.do("wait")
    assert letterbox.letters == []
    assert "invoice.paid" in event_types()
    standin.do("drop", next=0)
    standin.do("resend", since=began)
    standin.do("wait")
    assert sorted(letterbox.types())[0] == "checkout.session.completed"
    standin.do("resend", event="invoice.paid", times=3)
    standin.do("wait")
    assert letterbox.types().count("invoice.paid") == 4


@pytest.mark.parametrize("how", ["wrong_secret", "unsigned", "stale", "altered", "garbage"])
def test_a_forged_message_is_told_from_a_real_one(standin: StandIn, letterbox: Mailbox, how: str) -> None:
    subscribed(standin)
    standin.do("wait")
    letterbox.letters.clear()
    letterbox.status = lambda letter: 400
    assert list(standin.do("forge", how=how)["answers"].values()) == ["400"]
    letter = letterbox.letters[0]
    with pytest.raises(gateway.errors.Forged):
        gateway.verify(letter["body"], letter["header"], [SECRET])


def test_a_second_endpoint_has_its_own_secret_and_events(standin: StandIn, letterbox: Mailbox) -> None:
    fields = {"url": letterbox.url, "enabled_events": ["customer.deleted"]}
    endpoint = gateway.create_endpoint(fields, key=a_key())
    assert endpoint["secret"].startswith("whsec_")
    assert "secret" not in gateway.list_endpoints({}).items[0]
    customer = a_customer()
    standin.do("act", what="delete_customer", id=customer["id"])
    standin.do("wait")
    assert letterbox.types() == ["customer.deleted"] * 2
    signed = [letter for letter in letterbox.letters if fits(letter, endpoint["secret"])]
    assert len(signed) == 1
    gateway.update_endpoint(endpoint["id"], {"disabled": True})
    assert gateway.list_endpoints({}).items[0]["status"] == "disabled"


def fits(letter: dict[str, Any], secret: str) -> bool:
    try:
        return bool(gateway.verify(letter["body"], letter["header"], [secret]))
    except gateway.errors.Forged:
        return False


def test_two_failures_in_a_row_are_taken_by_the_library(standin: StandIn) -> None:
    standin.do("fail", next=2, status=500)
    assert gateway.retrieve_account()["id"] == "acct_standin"


@pytest.mark.parametrize("status", [500, 429, 0])
def test_a_stripe_that_stays_broken_is_unavailable(standin: StandIn, status: int) -> None:
    standin.do("fail", next=3, status=status)
    with pytest.raises(gateway.errors.Unavailable):
        a_customer()
    assert "customer" not in standin.dump()


def test_a_line_that_dies_after_it_was_done_makes_no_second_one(standin: StandIn) -> None:
    price, customer = a_price(), a_customer()
    standin.do("fail", next=1, status=0, when="after", path="/v1/checkout/sessions")
    session = a_session(price, customer)
    assert [it["id"] for it in standin.dump()["checkout.session"]] == [session["id"]]


def test_a_slow_answer_is_waited_for(standin: StandIn) -> None:
    standin.do("latency", ms=300)
    began = time.monotonic()
    gateway.retrieve_account()
    assert time.monotonic() - began >= 0.3


def test_what_nobody_waits_for_any_more_does_not_reach_the_next_world(standin: StandIn) -> None:
    standin.do("latency", ms=400, next=-1)
    with pytest.raises(gateway.errors.Unavailable), patience.within(0.1):
        a_customer()
    standin.do("reset")
    time.sleep(0.6)  # the stand-in sleeps in a process of its own
    assert "customer" not in standin.dump()


def test_its_clock_is_in_every_answer_and_the_gateway_counts_from_there(standin: StandIn) -> None:
    gateway.retrieve_account()
    assert gateway.skew() == 0
    standin.do("advance", days=40)
    gateway.retrieve_account()
    assert abs(gateway.skew() - 40 * 86_400) <= 2
    assert abs(gateway.now() - standin.state()["now"]) <= 2
    assert a_session(a_price(), a_customer())["status"] == "open"
    standin.do("reset")
    gateway.retrieve_account()


def test_the_console_shows_all_of_it_to_a_browser(standin: StandIn) -> None:
    subscribed(standin)
    page = standin.fetch("/_standin/", Accept="text/html")
    for words in (
        "Console",
        "ada@test.example",
        "active",
        "invoice.paid",
        "Forge: wrong secret",
        "refused by the contract",
    ):
        assert words in page.text
    assert "Nothing was refused." in standin.fetch("/_standin/contract", Accept="text/html").text
    moved = standin.fetch("/_standin/advance", {"days": "1"})
    assert (moved.status, moved.to) == (303, "/_standin/")
    assert standin.fetch("/_standin/advance", {"days": "-1"}).status == 400
    assert standin.fetch("/_standin/nothing", {}).status == 404


@pytest.mark.parametrize("headers", [{"Host": "evil.example"}, {"Host": "evil.example:8001"}])
def test_another_name_for_this_machine_is_no_door(standin: StandIn, headers: dict[str, str]) -> None:
    assert standin.fetch("/_standin/state", **headers).status == 403


def test_a_form_of_another_page_does_nothing(standin: StandIn) -> None:
    before = standin.state()["now"]
    assert standin.fetch("/_standin/advance", {"days": "30"}, Origin="http://evil.example").status == 403
    assert standin.state()["now"] - before < 100
