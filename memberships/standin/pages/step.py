"""The bank's own page in between: 3-D Secure, passed or not."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from memberships.standin.ledger import changes, checkout, invoices, settling
from memberships.standin.ledger.amounts import show
from memberships.standin.ledger.bank import SENTENCES
from memberships.standin.pages.html import Answer, Ask, button, e, go, message, page
from memberships.standin.world import World

Doc = dict[str, Any]


def answer(world: World, ask: Ask, steps: list[str]) -> Answer:
    name = steps[0] if steps else ""
    with world.turn():
        if name.startswith("seti_"):
            return keep(world, ask, world.get("setup_intent", name, in_path=True))
        intent = world.get("payment_intent", name, in_path=True)
        if ask.method != "POST":
            if intent["status"] != "requires_action":
                return message("Nothing to confirm", "This payment does not wait for you.", link=back_of(world, intent))
            return ask_page(show(intent["amount"], intent["currency"]))
        passed = ask.form().get("do") == "pass"
        settling.authenticate(world, intent, passed=passed)
        if not passed:
            drop_change(world, intent)
        return go(back_of(world, intent, failed=not passed))


def ask_page(amount: str) -> Answer:
    body = f"""<h1>Your bank asks: is it you?</h1>
<p>The stand-in’s bank wants to confirm {e(amount)}.</p>
<div class="pair">{button("Yes, it is me", do="pass", kind="main")}{button("No, stop it", do="fail")}</div>"""
    return page("3-D Secure", body)


def back_of(world: World, intent: Doc, *, failed: bool = False) -> str:
    """Where this payment came from."""
    if name := intent["_"].get("session"):
        session = world.get("checkout.session", name)
        if session["status"] == "complete":
            return str(session["success_url"]).replace("{CHECKOUT_SESSION_ID}", name)
        return f"/c/pay/{name}" + (f"?said={quote(SENTENCES['not_authenticated'])}" if failed else "")
    if back := intent["_"].get("back"):
        return str(back) + (f"?said={quote(SENTENCES['not_authenticated'])}" if failed else "")
    return f"/i/{intent['_'].get('invoice', '')}"


def drop_change(world: World, intent: Doc) -> None:
    """A switch that was waiting for this answer is off."""
    if not (name := intent["_"].get("invoice")) or not intent["_"].get("back"):
        return
    sub_id = invoices.subscription_of(world.get("invoice", name))
    sub = world.get("subscription", sub_id) if sub_id else None
    if sub and sub["pending_update"]:
        changes.drop_pending(world, sub)


def keep(world: World, ask: Ask, intent: Doc) -> Answer:
    """The same question for a card that is only kept, before a trial."""
    session = world.get("checkout.session", intent["_"]["session"])
    method = world.get("payment_method", intent["_"]["method"])
    if ask.method != "POST":
        return ask_page("that the card may be kept")
    if ask.form().get("do") != "pass" or session["status"] != "open":
        return go(f"/c/pay/{session['id']}?said={quote(SENTENCES['not_authenticated'])}")
    method["_"]["asked"] = True
    return go(checkout.subscribe(world, session, world.get("customer", method["customer"]), method))
