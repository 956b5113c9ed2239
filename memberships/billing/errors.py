"""What can go wrong between us and Stripe, in our words: `gateway.py` raises these, views and actions tell them apart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class GatewayError(Exception):
    """What Stripe said. The text is for the log and for staff; people get a sentence of ours."""

    def __init__(
        self, said: str, *, code: str = "", param: str = "", reason: str = "", facts: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(said)
        self.code, self.param, self.reason, self.facts = code, param, reason, dict(facts or {})


class Off(GatewayError):
    """This installation takes no money: there is no key."""


class Declined(GatewayError):
    """The bank said no; `reason` is its own word (`insufficient_funds`)."""


class NotThere(GatewayError):
    """No such object, or one of the other mode."""


class Conflict(GatewayError):
    """It is there already, changes at this moment, or the key was used for other fields."""


class Refused(GatewayError):
    """Stripe does not do this; `param` names the field."""


class BadKey(GatewayError):
    """The key is wrong, revoked or may not do this: staff must look."""


class Unavailable(GatewayError):
    """No answer that says whether it was done: out of reach, too slow, too many, or broken. Ask again with the same key."""


class Forged(GatewayError):
    """A message that Stripe did not sign, or signed too long ago."""
