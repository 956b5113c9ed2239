"""The checkout page: what is bought, the code box, the cards, the button."""

from __future__ import annotations

from typing import Any

from memberships.standin.faults import CardProblem, Invalid
from memberships.standin.ledger import checkout
from memberships.standin.ledger.amounts import TAX_PERCENT, show
from memberships.standin.ledger.lines import rate
from memberships.standin.pages.html import (
    Answer,
    Ask,
    alert,
    button,
    cards,
    countries,
    date,
    e,
    go,
    message,
    moment,
    page,
    safe_link,
)
from memberships.standin.world import World

Doc = dict[str, Any]


def answer(world: World, ask: Ask, steps: list[str]) -> Answer:
    if len(steps) != 2 or steps[0] != "pay":
        return message("There is nothing here", "This address is none of the stand-in's.", status=404)
    with world.turn():
        session = world.get("checkout.session", steps[1], in_path=True)
    if session["status"] == "complete":
        done = str(session["success_url"]).replace("{CHECKOUT_SESSION_ID}", session["id"])
        return (
            go(done)
            if ask.method == "POST"
            else message("You are done here", "This was paid already.", link=safe_link(done))
        )
    if session["status"] == "expired":
        back = safe_link(session["cancel_url"])
        return message(
            "This page has expired", "Go back and start again; nothing was charged.", link=back, label="Back"
        )
    if ask.method != "POST":
        return show_page(world, session, said=ask.args().get("said", ""))
    return act(world, session, ask.form())


def act(world: World, session: Doc, form: dict[str, str]) -> Answer:
    said, name = "", session["id"]
    try:
        with world.turn():
            session = world.get("checkout.session", name)
            if form.get("do") == "code":
                checkout.use_code(world, session, form.get("code", ""))
                return go(f"/c/pay/{name}")
            if form.get("do") == "drop_code":
                checkout.drop_code(world, session)
                return go(f"/c/pay/{name}")
            try:
                return go(checkout.submit(world, session, dict(form)))
            except checkout.Refused as refused:
                said = str(refused)
    except (Invalid, CardProblem) as problem:
        said = str(problem)
    with world.turn():
        return show_page(world, world.get("checkout.session", name), said=said, form=form)


def show_page(world: World, session: Doc, *, said: str = "", form: dict[str, str] | None = None) -> Answer:
    form = form or {}
    lines = checkout.lines_of(world, session)
    currency = session["currency"]
    verb = {"payment": "Pay", "subscription": "Subscribe"}[session["mode"]]
    trial = session["_"]["trial_days"] or session["_"]["trial_end"]
    rows = "".join(
        f"<tr><th scope=row>{e(world.get('product', line['product'])['name'])}<br><small>{line['quantity']} × "
        f"{e(rate(world.get('price', line['price'])))}</small></th><td>{e(show(line['amount'], currency))}</td></tr>"
        for line in lines
    )
    body = f"""<p class="shop">{e(session["metadata"].get("site") or "A Hearth community")}</p>
<h1>{e(show(session["amount_total"], currency))}{" today" if session["mode"] == "subscription" else ""}</h1>
{trial_text(world, session)}
{alert(said)}
<table class="sum">{rows}{sum_rows(session, lines)}</table>
{code_box(session)}
<form method="post">
{email_field(world, session, form)}
<label>Name<input name="name" autocomplete="name" value="{e(form.get("name"))}"></label>
{countries(form.get("country", "DE"))}
{cards(form.get("card", "4242424242424242")) if checkout.needs_card(session) else "<p>No card is needed.</p>"}
<button class="main" name="do" value="pay">{e("Start trial" if trial else verb)}</button>
</form>
{f'<p><a href="{e(safe_link(session["cancel_url"]))}">Back, without paying</a></p>' if safe_link(session["cancel_url"]) else ""}
<p class="quiet">This page is open until {e(moment(session["expires_at"]))} UTC.</p>"""
    return page(f"{verb} {show(session['amount_total'], currency)}", body)


def trial_text(world: World, session: Doc) -> str:
    days, end = session["_"]["trial_days"], session["_"]["trial_end"]
    if not days and not end:
        return ""
    until = end or world.now() + days * 86_400
    after = show(session["_"]["sum"], session["currency"])
    return (
        f'<p class="trial">Free until {e(date(until))}, then {e(after)}. Cancel before that and nothing is charged.</p>'
    )


def sum_rows(session: Doc, lines: list[Doc]) -> str:
    """Discount, tax, total: of the order itself, also where a trial puts it off."""
    currency = session["currency"]
    off = sum(amount for line in lines for _name, amount in line["off"])
    tax = sum(line["tax"] for line in lines)
    beside = sum(line["tax"] for line in lines if line["behaviour"] == "exclusive")
    rows = []
    if off:
        rows.append(f"<tr><th scope=row>Discount</th><td>{e(show(-off, currency))}</td></tr>")
    if session["automatic_tax"]["enabled"]:
        how = "" if beside == tax else " (included)"
        rows.append(f"<tr><th scope=row>Tax {TAX_PERCENT} %{how}</th><td>{e(show(tax, currency))}</td></tr>")
    rows.append(f'<tr class="total"><th scope=row>Total</th><td>{e(show(session["_"]["sum"], currency))}</td></tr>')
    return "".join(rows)


def code_box(session: Doc) -> str:
    if session["_"]["discount"]:
        return button("Take the code out", do="drop_code", kind="small") if session["allow_promotion_codes"] else ""
    if not session["allow_promotion_codes"]:
        return ""
    return (
        '<form method="post" class="row"><label>Promotion code<input name="code" autocomplete="off"></label>'
        '<button class="small" name="do" value="code">Apply</button></form>'
    )


def email_field(world: World, session: Doc, form: dict[str, str]) -> str:
    known = session["customer_email"]
    if session["customer"]:
        known = world.get("customer", session["customer"])["email"]
    if known:
        return f'<label>Email<input name="email" type="email" value="{e(known)}" readonly></label>'
    return f'<label>Email<input name="email" type="email" required value="{e(form.get("email"))}"></label>'
