"""What a message of Stripe has to look like before anybody reads it."""

import json
from typing import Any

from memberships.billing import errors


def text_of(body: bytes) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError:
        raise errors.Forged("The body is not text.") from None


def event_in(text: str) -> dict[str, Any]:
    try:
        event = json.loads(text)
    except ValueError:
        raise errors.Forged("The body is not JSON.") from None
    if not isinstance(event, dict) or event.get("object") != "event" or not isinstance(event.get("data"), dict):
        raise errors.Forged("The body is no event.")
    return event
