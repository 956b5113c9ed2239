"""What becomes of what a page sends off to be written: let through, refused, or done with its answer lost."""

from typing import Any


class Posting:
    """One handler for as long as the page lives, and a word that says what it does.

    A handler that is taken away while it holds a request hands it back to the browser, which sends it a second time; what the test then
    does with it is refused as done. So nothing is ever taken away here.
    """

    def __init__(self, page: Any, address: str) -> None:
        self.fate = "through"  # or "refused", or "lost", which is for one request and then "through" again
        self.lost: list[str] = []  # what was sent and had no answer
        page.route(address, self._handle)

    def _handle(self, route: Any) -> None:
        if self.fate == "through":
            route.continue_()
        elif self.fate == "refused":
            route.abort()
        else:
            self.fate = "through"
            route.fetch()
            self.lost.append(route.request.post_data)
            route.abort()
