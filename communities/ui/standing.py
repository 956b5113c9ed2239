"""Who stands alike on a page: same community, role, step, standing and address. The navigation looks the same to them."""

from collections.abc import Hashable
from typing import Any

LONGEST = 200  # characters of an address; endless made-up ones are not worth keeping anything for


def alike(request: Any) -> Hashable | None:
    """The key under which parts of this page may be kept for others; None where nothing may."""
    viewer, place = getattr(request, "viewer", None), getattr(request, "community", None)
    if viewer is None or place is None or not viewer.signed_in:
        return None
    address = request.get_full_path()
    return None if len(address) > LONGEST else (viewer.role, viewer.rung, viewer.standing, address)
