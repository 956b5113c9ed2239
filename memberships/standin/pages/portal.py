"""The billing portal: plans, card, invoices; each of its doors can also be opened directly."""

from __future__ import annotations

from typing import Any

from memberships.standin.faults import Invalid
from memberships.standin.ledger import bank, subs
from memberships.standin.ledger.amounts import show
from memberships.standin.ledger.lines import rate
from memberships.standin.pages import switch
from memberships.standin.pages.html import Answer, Ask, alert, button, cards, date, e, go, message, page, safe_link
from memberships.standin.world import World

Doc = dict[str, Any]
WHY = {
    "too_expensive": "It costs too much", "missing_features": "Something is missing", "switched_service": "I found another place",
    "unused": "I do not use it", "customer_service": "The service", "too_complex": "It is too complicated",
    "low_quality": "The quality", "other": "Another reason",
}  # fmt: skip


def answer(world: World, ask: Ask, steps: list[str]) -> Answer:
    if len(steps) < 2 or steps[0] != "session":
        return message("There is nothing here", "This address is none of the stand-in's.", status=404)
    with world.turn():
        session = world.get("billing_portal.session", steps[1], in_path=True)
        if world.get("customer", session["customer"]).get("deleted"):
            return message("This page is closed", "The account behind it is gone.", status=404)
        if world.now() - session["created"] > subs.DAY:
            return message(
                "This page has expired",
                "Go back and open it again.",
                link=safe_link(session["return_url"]),
                label="Back",
            )
        if len(steps) == 2 and session["flow"] and ask.method == "GET" and not ask.args().get("home"):
            return go(door(session))
        page_for = {
            "cancel": cancel,
            "resume": resume,
            "update": switch.choose,
            "confirm": switch.confirm,
            "card": card,
        }
        if len(steps) == 2:
            return home(world, session, said=ask.args().get("said", ""))
        if steps[2] not in page_for:
            return message("There is nothing here", "This address is none of the stand-in's.", status=404)
        return page_for[steps[2]](world, ask, session, steps[3] if len(steps) > 3 else "")


def door(session: Doc) -> str:
    """Where a deep link leads."""
    flow, at = session["flow"], f"/p/session/{session['id']}"
    if flow["type"] == "payment_method_update":
        return f"{at}/card"
    if flow["type"] == "subscription_cancel":
        return f"{at}/cancel/{flow['subscription_cancel']['subscription']}"
    if flow["type"] == "subscription_update":
        return f"{at}/update/{flow['subscription_update']['subscription']}"
    inner = flow["subscription_update_confirm"]
    return f"{at}/confirm/{inner['subscription']}?price={inner['items'][0]['price']}"


def finish(session: Doc, *, said: str) -> Answer:
    """After a deep link back to where it came from, as it was asked for."""
    flow = session["flow"]
    if flow and flow["after_completion"]["type"] == "redirect":
        return go(flow["after_completion"]["redirect"]["return_url"])
    if flow and flow["after_completion"]["type"] == "hosted_confirmation":
        return message("Done", said, link=safe_link(session["return_url"]), label="Back")
    return go(f"/p/session/{session['id']}?home=1")


def own(world: World, session: Doc, name: str) -> Doc:
    sub = world.get("subscription", name, in_path=True)
    if sub["customer"] != session["customer"]:
        raise Invalid("This subscription belongs to somebody else.")
    return sub


def features(world: World, session: Doc) -> Doc:
    return dict(world.get("billing_portal.configuration", session["configuration"])["features"])


def home(world: World, session: Doc, *, said: str = "") -> Answer:
    at, open_ = f"/p/session/{session['id']}", features(world, session)
    mine = [sub for sub in world.mine("subscription", customer=session["customer"]) if sub["status"] in subs.LIVE]
    plans = "".join(plan(world, sub, at, open_) for sub in reversed(mine)) or "<p>There is no plan.</p>"
    method = world.get("customer", session["customer"])["invoice_settings"]["default_payment_method"]
    method = method or next(
        (sub["default_payment_method"] for sub in reversed(mine) if sub["default_payment_method"]), None
    )
    held = e(bank.label_of(world.get("payment_method", method))) if method else "none"
    change = (
        f'<p><a class="button" href="{at}/card">Change card</a></p>'
        if open_["payment_method_update"]["enabled"]
        else ""
    )
    papers = ""
    if open_["invoice_history"]["enabled"]:
        rows = "".join(
            f'<tr><th scope=row><a href="/i/{e(it["id"])}">{e(date(it["created"]))}</a></th><td>{e(show(it["amount_due"], it["currency"]))}'
            f"</td><td>{e(it['status'])}</td></tr>"
            for it in reversed(world.mine("invoice", customer=session["customer"]))
            if it["status"] != "draft"
        )
        papers = f'<h2>Invoices</h2><table class="list">{rows}</table>'
    body = f"""<p><a href="{e(safe_link(session["return_url"]))}">Back</a></p><h1>Your plan</h1>{alert(said)}{plans}
<h2>Card</h2><p>{held}</p>{change}{papers}"""
    return page("Billing", body)


def plan(world: World, sub: Doc, at: str, open_: Doc) -> str:
    names = ", ".join(
        world.get("product", world.get("price", it["price"])["product"])["name"] for it in sub["items"]["data"]
    )
    price = rate(world.get("price", sub["items"]["data"][0]["price"]))
    end = date(subs.period_end(sub))
    state = {
        "trialing": f"Free until {end}", "active": f"Renews on {end}", "past_due": "A payment is overdue",
        "unpaid": "Not paid", "paused": "Paused",
    }[sub["status"]]  # fmt: skip
    ways = []
    if sub["cancel_at"]:
        state = f"Ends on {date(sub['cancel_at'])}"
        ways.append(button("Keep the plan", action=f"{at}/resume/{sub['id']}", kind="main"))
    elif open_["subscription_cancel"]["enabled"]:
        ways.append(f'<a class="button" href="{at}/cancel/{sub["id"]}">Cancel plan</a>')
    if (
        open_["subscription_update"]["enabled"]
        and not sub["schedule"]
        and sub["status"] in ("active", "trialing", "past_due")
    ):
        ways.append(f'<a class="button" href="{at}/update/{sub["id"]}">Change plan</a>')
    if sub["schedule"]:
        state += ", a change is planned"
    ways += [
        f'<a class="button main" href="/i/{it["id"]}">Pay {e(show(it["amount_remaining"], it["currency"]))}</a>'
        for it in owed(world, sub)
    ]
    return f'<section class="plan"><h3>{e(names)}</h3><p>{e(price)} · {e(state)}</p><div class="pair">{"".join(ways)}</div></section>'


def owed(world: World, sub: Doc) -> list[Doc]:
    return [it for it in subs.open_invoices(world, sub) if it["status"] == "open"]


def cancel(world: World, ask: Ask, session: Doc, name: str) -> Answer:
    sub, way = own(world, session, name), features(world, session)["subscription_cancel"]
    if not way["enabled"] or sub["cancel_at"] or sub["status"] not in ("active", "trialing", "past_due", "unpaid"):
        return message(
            "This plan cannot be canceled here", "It ends already.", link=f"/p/session/{session['id']}?home=1"
        )
    if ask.method == "POST":
        form = ask.form()
        if sub["schedule"]:
            from memberships.standin.ledger.schedules import release

            release(world, world.get("subscription_schedule", sub["schedule"]))
        sub["cancellation_details"] |= {
            "comment": form.get("comment") or None,
            "feedback": form.get("feedback") or None,
        }
        if way["mode"] == "immediately":
            subs.end(world, sub, reason="cancellation_requested")
        else:
            subs.plan_end(world, sub, subs.period_end(sub), period=True)
            sub["cancellation_details"] |= {
                "comment": form.get("comment") or None,
                "feedback": form.get("feedback") or None,
            }
            subs.changed(world, sub)
        return finish(session, said="The plan is canceled.")
    why = ""
    if way["cancellation_reason"]["enabled"]:
        options = "".join(
            f'<option value="{e(it)}">{e(WHY[it])}</option>' for it in way["cancellation_reason"]["options"]
        )
        why = f'<label>Why? (optional)<select name="feedback"><option value=""></option>{options}</select></label>'
        why += '<label>In your words (optional)<input name="comment" maxlength="500"></label>'
    when = "now" if way["mode"] == "immediately" else f"on {date(subs.period_end(sub))}"
    body = f"""<h1>Cancel your plan?</h1><p>It ends {e(when)}.</p>
<form method="post">{why}<button class="main" name="do" value="cancel">Cancel plan</button></form>
<p><a href="/p/session/{session["id"]}?home=1">Keep it</a></p>"""
    return page("Cancel plan", body)


def resume(world: World, ask: Ask, session: Doc, name: str) -> Answer:
    sub = own(world, session, name)
    if ask.method == "POST" and sub["cancel_at"] and sub["status"] in subs.LIVE:
        subs.plan_end(world, sub, None, period=True)
        subs.changed(world, sub)
    return go(f"/p/session/{session['id']}?home=1")


def card(world: World, ask: Ask, session: Doc, _name: str) -> Answer:
    """A new card for everything that is live. What is open is then paid on its own page, by one click."""
    if not features(world, session)["payment_method_update"]["enabled"]:
        return message("The card cannot be changed here", "", link=f"/p/session/{session['id']}?home=1")
    said = ""
    if ask.method == "POST":
        number = ask.form().get("card", "")
        answer_ = bank.CARDS[number].now if number in bank.CARDS else ""
        if answer_ and answer_ not in bank.SENTENCES:
            customer = world.live("customer", session["customer"])
            method = bank.save_card(world, number, customer=customer, name=customer["name"], country="DE")
            method["_"]["asked"] = True
            customer["invoice_settings"]["default_payment_method"] = method["id"]
            world.tell("customer.updated", customer)
            for sub in world.mine("subscription", customer=customer["id"]):
                if sub["status"] in subs.LIVE:
                    sub["default_payment_method"] = method["id"]
                    subs.changed(world, sub)
            return finish(session, said="The card is saved.")
        said = bank.SENTENCES.get(answer_, "Choose a card.")
    body = (
        f'<h1>Change card</h1>{alert(said)}<form method="post">{cards()}<button class="main">Save card</button></form>'
    )
    return page("Change card", body)
