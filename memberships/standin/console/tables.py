"""The console's page: the clock, customers and subscriptions, the last events with what became of each, the tricks."""

from __future__ import annotations

from typing import Any

from memberships.standin.hooks.tricks import FORGERIES
from memberships.standin.ledger.amounts import show
from memberships.standin.ledger.lines import rate
from memberships.standin.pages.html import Answer, button, e, moment, page
from memberships.standin.world import SETTINGS, World

Doc = dict[str, Any]
LAST = 60


def state(world: World) -> Doc:
    with world.lock:
        counts = world.store.rows("SELECT state, count(*) FROM sent GROUP BY state")
        return {
            "now": world.now(),
            "offset": int(world.store.note("offset", 0)),
            "messages": dict(counts),
            "holding": bool(world.store.note("hold", False)),
            "dropping": int(world.store.note("drop", 0)),
            "faults": world.store.note("faults", []),
            "settings": {name: world.setting(name) for name in SETTINGS},
            "refused": len(world.store.note("contract", [])),
            "objects": {kind: len(docs) for kind, docs in world.store.kinds.items()},
        }


def page_of(world: World) -> Answer:
    now = state(world)
    with world.lock:
        people, events = customers(world), event_rows(world)
    refused = f'<a href="/_standin/contract">{now["refused"]} refused by the contract</a>'
    body = f"""<h1>Console</h1>
<p class="state">{e(moment(now["now"]))} UTC, {e(now["offset"] // 86_400)} days ahead · {refused}</p>
{clock()}{messages(now)}{faults(now)}
<h2>Customers</h2>{people}
<h2>Events</h2><div class="wide-table"><table class="list">
<tr><th>When</th><th>What</th><th>About</th><th>Messages</th><th></th></tr>{events}</table></div>"""
    return page("Console", body, wide=True)


def clock() -> str:
    steps: tuple[tuple[str, Doc], ...] = (
        ("1 hour", {"hours": 1}),
        ("1 day", {"days": 1}),
        ("1 week", {"weeks": 1}),
        ("1 month", {"months": 1}),
        ("1 year", {"months": 12}),
    )
    return (
        '<div class="pair">'
        + "".join(button(f"+ {name}", action="/_standin/advance", **by) for name, by in steps)
        + "</div>"
    )


def messages(now: Doc) -> str:
    counts = ", ".join(f"{count} {name}" for name, count in now["messages"].items()) or "none yet"
    ways = [
        button("Resend the last", action="/_standin/resend", event="last"),
        button("Send it 3 times", action="/_standin/resend", event="last", times=3),
        button("Lose the next", action="/_standin/drop", next=1),
        button("Lose all", action="/_standin/drop", next=-1),
        button("Hold", action="/_standin/hold"),
        button("Release", action="/_standin/release"),
        button("Release in reverse", action="/_standin/release", order="reverse"),
        button("Release shuffled, twice", action="/_standin/release", order="shuffle", times=2),
        *(button(f"Forge: {how.replace('_', ' ')}", action="/_standin/forge", how=how) for how in FORGERIES),
    ]
    held = " · holding" if now["holding"] else ""
    lost = " · losing" if now["dropping"] else ""
    return f'<h2>Messages</h2><p class="state">{e(counts)}{held}{lost}</p><div class="pair">{"".join(ways)}</div>'


def faults(now: Doc) -> str:
    ways = [
        button("Fail the next call", action="/_standin/fail", status=500),
        button("Too many requests", action="/_standin/fail", status=429),
        button("Line dies after it was done", action="/_standin/fail", status=0, when="after"),
        button("2 seconds slower", action="/_standin/latency", ms=2000),
        button("All well again", action="/_standin/heal", kind="main"),
        *(
            button(
                f"After the last try: {way}",
                action="/_standin/settings",
                kind="main" if now["settings"]["dunning_end"] == way else "",
                dunning_end=way,
            )
            for way in ("cancel", "unpaid", "past_due")
        ),
    ]
    return f'<h2>Faults and settings</h2><div class="pair">{"".join(ways)}</div>'


def customers(world: World) -> str:
    rows = []
    for customer in reversed(world.all("customer")[-LAST:]):
        name = customer["id"]
        mine = [sub for sub in world.all("subscription") if sub["customer"] == name]
        gone = " (deleted)" if customer.get("deleted") else ""
        paid = [one for one in world.all("charge") if one["customer"] == name and one["paid"]]
        ways = "" if gone else button("Delete", action="/_standin/act", what="delete_customer", id=name, kind="small")
        rows.append(
            f"<tr><th scope=row>{e(customer['email'])}{gone}<br><small>{e(name)}</small></th>"
            f"<td>{''.join(sub_line(world, sub) for sub in mine) or '–'}</td>"
            f"<td>{''.join(charge_line(world, one) for one in paid[-4:])}</td><td>{ways}</td></tr>"
        )
    head = "<tr><th>Who</th><th>Subscriptions</th><th>Charges</th><th></th></tr>"
    return (
        f'<div class="wide-table"><table class="list">{head}{"".join(rows)}</table></div>'
        if rows
        else "<p>Nobody yet.</p>"
    )


def sub_line(world: World, sub: Doc) -> str:
    price = world.store.kinds["price"][sub["items"]["data"][0]["price"]]
    name = world.store.kinds["product"][price["product"]]["name"]
    end = moment(sub["items"]["data"][0]["current_period_end"])
    way = ""
    if sub["status"] not in ("canceled", "incomplete_expired"):
        way = button("Cancel now", action="/_standin/act", what="cancel_subscription", id=sub["id"], kind="small")
    return f"<p>{e(name)}, {e(rate(price))}: <b>{e(sub['status'])}</b> until {e(end)}<br><small>{e(sub['id'])}</small></p>{way}"


def charge_line(world: World, charge: Doc) -> str:
    back = f", {show(charge['amount_refunded'], charge['currency'])} back" if charge["amount_refunded"] else ""
    ways = button("Refund", action="/_standin/act", what="refund", id=charge["payment_intent"], kind="small")
    if charge["disputed"]:
        open_ = [it for it in world.all("dispute") if it["charge"] == charge["id"] and it["status"] == "needs_response"]
        ways = "".join(
            button(word, action="/_standin/act", what=what, id=it["id"], kind="small")
            for it in open_
            for word, what in (("Win", "win_dispute"), ("Lose", "lose_dispute"))
        )
    elif not charge["refunded"]:
        ways += button("Dispute", action="/_standin/act", what="dispute", id=charge["id"], kind="small")
    return f"<p>{e(show(charge['amount'], charge['currency']))}{e(back)}</p><div class=pair>{ways}</div>"


def event_rows(world: World) -> str:
    rows = []
    for event in reversed(world.all("event")[-LAST:]):
        sent = world.store.rows("SELECT state, attempt, answer FROM sent WHERE event = ? ORDER BY id", (event["id"],))
        became = ", ".join(f"{state} {answer}".strip() for state, _attempt, answer in sent) or "nobody listens"
        again = button("Again", action="/_standin/resend", event=event["id"], kind="small") if sent else ""
        rows.append(
            f"<tr><td>{e(moment(event['created']))}</td><td>{e(event['type'])}</td><td><small>{e(event['data']['object'].get('id'))}</small></td>"
            f"<td>{e(became)}</td><td>{again}</td></tr>"
        )
    return "".join(rows)


def contract_page(log: list[Doc]) -> Answer:
    rows = "".join(
        f"<tr><td>{e(moment(it['at']))}</td><td>{e(it['method'])} {e(it['path'])}</td><td>{e(it['said'])}</td></tr>"
        for it in reversed(log)
    )
    text = "Asked in a way that Stripe’s interface does not know. Empty is good."
    table = (
        f'<div class="wide-table"><table class="list">{rows}</table></div>' if rows else "<p>Nothing was refused.</p>"
    )
    return page(
        "Contract", f"<h1>Contract</h1><p>{text}</p>{table}{button('Empty it', action='/_standin/contract')}", wide=True
    )
