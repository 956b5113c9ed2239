"""Hands that only have a keyboard: Tab to what has a name, see that one is there, press it, type. Nothing is clicked or filled in."""

from typing import Any
from urllib.parse import urlsplit

# Whether an outline on the screen marks what has the focus, its label, or the card around it.
SEEN = """() => {
  const marked = one => {
    const style = getComputedStyle(one), box = one.getBoundingClientRect();
    return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2
      && box.width > 2 && box.height > 2 && box.bottom > 0 && box.top < innerHeight;
  };
  const here = document.activeElement;
  for (let one = here; one && one.localName !== "main" && one !== document.body; one = one.parentElement)
    if (marked(one)) return true;
  return [...(here.labels ?? [])].some(marked);
}"""
MOST = 120


class Hands:
    """One person at one page."""

    def __init__(self, page: Any) -> None:
        self.page = page

    def open(self, address: str) -> Any:
        """Types the address, or follows a link out of a letter."""
        return self.page.goto(address)

    def at(self, path: str) -> None:
        self.page.wait_for_url(lambda url: urlsplit(url).path == path)

    def to(self, what: Any) -> None:
        """Tab until it has the focus; that is seen."""
        what.first.wait_for()
        found = what.element_handles()
        for _step in range(MOST):
            if self.page.evaluate("found => found.includes(document.activeElement)", found):
                assert self.page.evaluate(SEEN), f"nobody sees that {what} has the focus"
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"the Tab key never came to {what}")

    def press(self, role: str, name: str, *, within: str = "body", key: str = "Enter") -> None:
        self.to(self.page.locator(within).get_by_role(role, name=name, exact=True))
        self.page.keyboard.press(key)

    def tick(self, name: str, role: str = "checkbox") -> None:
        box = self.page.get_by_role(role, name=name, exact=True)
        before = box.is_checked()
        self.press(role, name, key="Space")
        assert box.is_checked() is not before

    def write(self, label: str, text: str) -> None:
        """Over what stood there."""
        self.to(self.page.get_by_label(label))
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)

    def enter(self) -> None:
        self.page.keyboard.press("Enter")
