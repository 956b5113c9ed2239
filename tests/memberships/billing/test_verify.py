"""Only what Stripe signed, byte for byte and lately, with a secret of ours, is a message of Stripe's."""

import json
import time
from typing import Any

import pytest
import stripe

from memberships.billing import gateway
from memberships.billing.errors import Forged

BODY = json.dumps({"id": "evt_1", "object": "event", "type": "invoice.paid", "data": {"object": {"id": "in_1"}}})


def signed(body: str = BODY, secret: str = "whsec_ours", at: float = 0) -> str:
    return stripe.WebhookSignature.generate_signature_header(body, secret, int(time.time() + at))


def test_a_signed_message_is_read() -> None:
    event = gateway.verify(BODY.encode(), signed(), ["whsec_ours"])
    assert event["data"]["object"]["id"] == "in_1"


def test_the_old_secret_counts_beside_the_new_one() -> None:
    assert gateway.verify(BODY.encode(), signed(secret="whsec_old"), ["whsec_ours", "whsec_old"])["id"] == "evt_1"


@pytest.mark.parametrize(
    ("body", "header", "secrets"),
    [
        (BODY, {"secret": "whsec_other"}, ["whsec_ours"]),
        (BODY, "", ["whsec_ours"]),
        (BODY, "t=1,v1=", ["whsec_ours"]),
        (BODY, "nonsense", ["whsec_ours"]),
        (BODY, {"at": -301}, ["whsec_ours"]),
        (BODY.replace("in_1", "in_2"), {}, ["whsec_ours"]),
        (BODY, {"secret": ""}, [""]),
        (BODY, {}, []),
        ("no json", {"body": "no json"}, ["whsec_ours"]),
        ("[]", {"body": "[]"}, ["whsec_ours"]),
        ('{"object": "v2.core.event"}', {"body": '{"object": "v2.core.event"}'}, ["whsec_ours"]),
    ],
    ids=[
        "another",
        "no header",
        "no signature",
        "nonsense",
        "stale",
        "altered",
        "empty",
        "none",
        "no json",
        "no object",
        "thin",
    ],
)
def test_everything_else_is_forged(body: str, header: Any, secrets: list[str]) -> None:
    """Signed as the test begins: what was signed with the first line of a long run would be refused for its age alone."""
    with pytest.raises(Forged):
        gateway.verify(body.encode(), header if isinstance(header, str) else signed(**header), secrets)


def test_bytes_that_are_no_text_are_forged() -> None:
    with pytest.raises(Forged):
        gateway.verify(b"\xff\xfe", signed(), ["whsec_ours"])
