"""The hosted invoice, which can be paid, and receipts."""

from __future__ import annotations

from typing import Any

from memberships.standin.ledger import bank, settling
from memberships.standin.ledger.amounts import TAX_PERCENT, show
from memberships.standin.pages.html import Answer, Ask, alert, cards, date, e, go, message, page
from memberships.standin.world import World

Doc = dict[str, Any]


def answer(world: World, ask: Ask, steps: list[str]) -> Answer:
    with world.turn():
        invoice = world.get("invoice", steps[0] if steps else "", in_path=True)
        if ask.method == "POST" and len(steps) == 1:
            return pay(world, invoice, ask.form())
        return show_page(world, invoice, only_paper=len(steps) > 1, said=ask.args().get("said", ""))


def pay(world: World, invoice: Doc, form: dict[str, str]) -> Answer:
    if invoice["status"] != "open":
        return go(f"/i/{invoice['id']}")
    if form.get("card") not in bank.CARDS:
        return show_page(world, invoice, said="Choose how to pay.")
    customer = world.live("customer", invoice["customer"])
    method = bank.save_card(world, form["card"], customer=customer, name=customer["name"], country="DE")
    status = settling.collect(world, invoice, present=True, method=method)
    if status == "requires_action":
        return go(f"/3ds/{invoice['_']['pi']}")
    if status == "requires_payment_method":
        error = world.get("payment_intent", invoice["_"]["pi"])["last_payment_error"]
        return show_page(world, invoice, said=error["message"])
    return go(f"/i/{invoice['id']}")


def show_page(world: World, invoice: Doc, *, said: str = "", only_paper: bool = False) -> Answer:
    currency = invoice["currency"]
    rows = "".join(
        f"<tr><th scope=row>{e(line['description'])}</th><td>{e(show(line['amount'], currency))}</td></tr>"
        for line in invoice["lines"]["data"]
    )
    extra = [("Discount", -sum(row["amount"] for row in invoice["total_discount_amounts"] or []))]
    for row in invoice["total_taxes"]:
        extra.append(
            (f"Tax {TAX_PERCENT} %{' (included)' if row['tax_behavior'] == 'inclusive' else ''}", row["amount"])
        )
    extra.append(("From your balance", invoice["amount_due"] - invoice["total"] if invoice["status"] != "draft" else 0))
    rows += "".join(
        f"<tr><th scope=row>{e(name)}</th><td>{e(show(it, currency))}</td></tr>" for name, it in extra if it
    )
    state = {
        "paid": f"Paid on {date(invoice['status_transitions']['paid_at'])}",
        "open": "Waiting to be paid",
        "void": "Void",
    }
    form = ""
    if invoice["status"] == "open" and not only_paper:
        form = f'<form method="post">{cards()}<button class="main">Pay {e(show(invoice["amount_remaining"], currency))}</button></form>'
    body = f"""<h1>Invoice {e(invoice["number"] or "(draft)")}</h1>
<p class="state">{e(state.get(invoice["status"], invoice["status"]))} · {e(date(invoice["created"]))} · {e(invoice["customer_email"])}</p>
{alert(said)}
<table class="sum">{rows}
<tr class="total"><th scope=row>Due</th><td>{e(show(invoice["amount_due"], currency))}</td></tr></table>
{form}"""
    return page(f"Invoice {invoice['number'] or ''}", body)


def receipt(world: World, _ask: Ask, steps: list[str]) -> Answer:
    with world.turn():
        charge = world.get("charge", steps[0] if steps else "", in_path=True)
        method = world.get("payment_method", charge["payment_method"])
    if not charge["paid"]:
        return message("No receipt", "This payment did not go through.")
    back = charge["amount_refunded"]
    text = (
        f"{show(charge['amount'], charge['currency'])} paid on {date(charge['created'])} with {bank.label_of(method)}."
    )
    return message("Receipt", text + (f" {show(back, charge['currency'])} was sent back." if back else ""))
