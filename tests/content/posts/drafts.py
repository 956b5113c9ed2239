"""What a browser sends from the writing page."""

import uuid
from typing import Any


def written(**changes: Any) -> dict[str, Any]:
    """A whole, publishable form of a new post; `changes` are typed over it."""
    return {
        "request": str(uuid.uuid4()),
        "rev": "0",
        "title": "First light",
        "body": "The press is *warm*.",
        "kind": "update",
        "space": "journal",
        "audience": "public",
        **changes,
    }
