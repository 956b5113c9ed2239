"""Changing plans in the portal: choosing, the exact amount due, and doing it now or at the end of the period."""

from __future__ import annotations

from typing import Any

from memberships.standin.faults import Invalid
from memberships.standin.ledger import changes, discounts, invoices, schedules, settling, subs
from memberships.standin.ledger.amounts import show
from memberships.standin.ledger.lines import rate
from memberships.standin.ledger.periods import longer
from memberships.standin.pages.html import Answer, Ask, alert, date, e, go, message, page
from memberships.standin.world import World

Doc = dict[str, Any]


def choose(world: World, ask: Ask, session: Doc, name: str) -> Answer:
    from memberships.standin.pages.portal import features, own

    sub, way = own(world, session, name), features(world, session)["subscription_update"]
    if not way["enabled"] or sub["schedule"]:
        return message("This plan cannot be changed here", "", link=f"/p/session/{session['id']}?home=1")
    rows = []
    for row in way["products"]:
        for price_id in row["prices"]:
            price = world.get("price", price_id)
            if (
                price["currency"] != sub["currency"]
                or not price["active"]
                or price_id == sub["items"]["data"][0]["price"]
            ):
                continue
            product = world.get("product", price["product"])
            rows.append(
                f'<li><b>{e(product["name"])}</b> {e(rate(price))} <a class="button" '
                f'href="/p/session/{session["id"]}/confirm/{sub["id"]}?price={e(price_id)}">Choose</a></li>'
            )
    body = f'<h1>Change plan</h1><ul class="plans">{"".join(rows) or "<li>There is no other plan.</li>"}</ul>'
    return page("Change plan", body + f'<p><a href="/p/session/{session["id"]}?home=1">Keep the plan</a></p>')


def confirm(world: World, ask: Ask, session: Doc, name: str) -> Answer:
    from memberships.standin.pages.portal import features, own

    sub, way = own(world, session, name), features(world, session)["subscription_update"]
    wanted = ask.form().get("price") or ask.args().get("price") or ""
    sold = {price for row in way["products"] for price in row["prices"]}
    if wanted not in sold or not way["enabled"] or sub["schedule"]:
        raise Invalid("This plan cannot be chosen here.")
    item = sub["items"]["data"][0]
    at = int(ask.form().get("at") or world.now())
    rows = [{"id": item["id"], "price": wanted, "quantity": item["quantity"]}]
    later = at_period_end(world, sub, wanted, way)
    change = changes.plan(world, sub, rows, at=min(at, subs.period_end(sub)))
    if ask.method == "POST":
        if later:
            plan_for_later(world, sub, wanted)
            return done(session, sub)
        return switch_now(world, session, sub, change, way)
    return confirm_page(world, session, sub, change, way, wanted=wanted, later=later, said=ask.args().get("said", ""))


def at_period_end(world: World, sub: Doc, wanted: str, way: Doc) -> bool:
    """Whether the configuration puts this change off to the end of the period."""
    old, new = world.get("price", sub["items"]["data"][0]["price"]), world.get("price", wanted)
    kinds = {it["type"] for it in way["schedule_at_period_end"]["conditions"]}
    shorter = longer(new["recurring"], old["recurring"]) < 0
    cheaper = new["unit_amount"] < old["unit_amount"] and not longer(new["recurring"], old["recurring"])
    return ("decreasing_item_amount" in kinds and cheaper) or ("shortening_interval" in kinds and shorter)


def plan_for_later(world: World, sub: Doc, wanted: str) -> None:
    schedule = schedules.begin(world, sub, {})
    first = schedule["phases"][0]
    held = [{"price": it["price"], "quantity": it["quantity"]} for it in first["items"]]
    new = [{"price": wanted, "quantity": held[0]["quantity"]}]
    phases = [{"items": held, "start_date": first["start_date"], "end_date": first["end_date"]}, {"items": new}]
    schedules.set_phases(world, schedule, phases)
    world.tell("subscription_schedule.updated", schedule)


def due(world: World, sub: Doc, change: Doc, way: Doc) -> Doc:
    """The invoice that the change would make."""
    return invoices.draft(
        world, customer=world.get("customer", sub["customer"]), currency=sub["currency"],
        lines=changes.due_now(change, way["proration_behavior"]), reason="upcoming", sub=sub,
        coupons=discounts.live_discounts(world, sub), taxed=sub["automatic_tax"]["enabled"], preview=True,
    )  # fmt: skip


def confirm_page(
    world: World, session: Doc, sub: Doc, change: Doc, way: Doc, *, wanted: str, later: bool, said: str
) -> Answer:
    price = world.get("price", wanted)
    name = world.get("product", price["product"])["name"]
    if later:
        what = f"<p>From {e(date(subs.period_end(sub)))} on. Until then everything stays as it is; nothing is due today.</p>"
    else:
        bill = due(world, sub, change, way)
        lines = "".join(
            f"<tr><th scope=row>{e(it['description'])}</th><td>{e(show(it['amount'], it['currency']))}</td></tr>"
            for it in bill["lines"]["data"]
        )
        due_today = e(show(bill["amount_due"], bill["currency"]))
        what = (
            f'<table class="sum">{lines}<tr class="total"><th scope=row>Due today</th><td>{due_today}</td></tr></table>'
        )
    body = f"""<h1>{e(name)}, {e(rate(price))}</h1>{alert(said)}{what}
<form method="post"><input type="hidden" name="price" value="{e(wanted)}"><input type="hidden" name="at" value="{change["at"]}">
<button class="main" name="do" value="confirm">Confirm</button></form>
<p><a href="/p/session/{session["id"]}?home=1">Keep the plan</a></p>"""
    return page("Confirm", body)


def switch_now(world: World, session: Doc, sub: Doc, change: Doc, way: Doc) -> Answer:
    """Somebody is at the page: asked by the bank where it wants to, and nothing changes where it says no."""
    lines = changes.due_now(change, way["proration_behavior"])
    if not lines:
        changes.carry_out(world, sub, change, behaviour=way["proration_behavior"], payment="allow_incomplete")
        subs.changed(world, sub)
        return done(session, sub)
    invoice = changes.wait_for_payment(world, sub, change, lines)
    if invoice["status"] == "paid":
        subs.changed(world, sub)
        return done(session, sub)
    back = f"/p/session/{session['id']}/confirm/{sub['id']}"
    method = settling.method_of(world, invoice)
    status = settling.collect(world, invoice, present=True, method=method)
    if status == "requires_action":
        intent = world.get("payment_intent", invoice["_"]["pi"])
        intent["_"]["back"] = f"/p/session/{session['id']}"
        return go(f"/3ds/{intent['id']}")
    if status not in ("paid", "processing"):
        changes.drop_pending(world, sub)
        return go(f"{back}?price={change['items'][0]['price']}&said=Your+card+was+declined.")
    return done(session, sub)


def done(session: Doc, _sub: Doc) -> Answer:
    from memberships.standin.pages.portal import finish

    return finish(session, said="The plan is changed.")
