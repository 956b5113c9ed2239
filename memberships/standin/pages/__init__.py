"""The hosted pages: one door, which finds the page for an address. They work without a script."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from memberships.standin.faults import Problem
from memberships.standin.pages import checkout, invoice, portal, step
from memberships.standin.pages.html import HEADERS, Answer, Ask, message
from memberships.standin.world import World

__all__ = ["HEADERS", "Ask", "answer"]
STYLE = Path(__file__).with_name("look.css")
PAGES: dict[str, Callable[[World, Ask, list[str]], Answer]] = {
    "c": checkout.answer,
    "3ds": step.answer,
    "i": invoice.answer,
    "receipts": invoice.receipt,
    "p": portal.answer,
}


def answer(world: World, ask: Ask) -> Answer:
    if ask.path == "/look.css":
        return 200, "text/css; charset=utf-8", STYLE.read_text(encoding="utf-8"), {}
    steps = [part for part in ask.path.split("/") if part]
    if not steps:
        return 303, "text/plain", "", {"Location": "/_standin/"}
    page = PAGES.get(steps[0])
    if page is None or ask.method not in ("GET", "HEAD", "POST"):
        return message("There is nothing here", "This address is none of the stand-in's.", status=404)
    try:
        return page(world, ask, steps[1:])
    except Problem as problem:
        return message("This does not work", str(problem), status=problem.status)
