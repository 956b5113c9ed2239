"""What the stand-in says when it does not do what it was asked, in the words and numbers that Stripe uses."""

from __future__ import annotations

from typing import Any


class Problem(Exception):
    """An answer that is an error: its status and the body of `error`."""

    status = 400
    kind = "invalid_request_error"

    def __init__(self, message: str, *, param: str = "", code: str = "", **more: Any) -> None:
        super().__init__(message)
        self.body: dict[str, Any] = {"type": self.kind, "message": message}
        self.body |= {name: it for name, it in {"param": param, "code": code, **more}.items() if it}


class Invalid(Problem):
    """Asked for what cannot be."""


class Contract(Invalid):
    """Asked in a way that Stripe's interface does not know: these are recorded, and a suite that causes one fails."""


class Missing(Problem):
    """No such object. A path gives 404, a field 400, both say `resource_missing`."""

    def __init__(self, kind: str, name: str, *, param: str = "id", in_path: bool = True) -> None:
        super().__init__(f"No such {kind}: '{name}'", param=param, code="resource_missing")
        self.status = 404 if in_path else 400


class Unknown(Contract):
    """No such address."""

    status = 404


class Locked(Problem):
    """The key of an earlier request with other fields."""

    kind = "idempotency_error"


class Unauthorized(Problem):
    status = 401


class CardProblem(Problem):
    """The bank said no."""

    status = 402
    kind = "card_error"
