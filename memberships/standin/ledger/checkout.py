"""A checkout session: what it comes to, what a submitted form does, how it ends."""

from __future__ import annotations

from typing import Any

from memberships.standin.faults import CardProblem, Invalid
from memberships.standin.ledger import discounts, invoices, payments, settling, subs
from memberships.standin.ledger.amounts import least
from memberships.standin.ledger.bank import CARDS, SENTENCES, save_card
from memberships.standin.ledger.lines import line_for, price_lines, totals
from memberships.standin.shapes import as_list, blank
from memberships.standin.world import World

Doc = dict[str, Any]


def lines_of(world: World, session: Doc) -> list[Doc]:
    """What is bought, priced with the discount and the tax that hold at this moment."""
    now = world.now()
    lines = [line_for(world, world.get("price", it["price"]), it["quantity"], now, now) for it in session["_"]["lines"]]
    coupons = []
    if used := session["_"].get("discount"):
        coupons = [("off", world.get("coupon", used["coupon"]))]
    price_lines(world, lines, coupons, taxed=session["automatic_tax"]["enabled"])
    return lines


def total_up(world: World, session: Doc) -> None:
    """Write the sums onto the session. On trial nothing is due today."""
    lines = lines_of(world, session)
    it = totals(lines)
    trial = bool(session["_"]["trial_end"] or session["_"]["trial_days"])
    session["_"]["sum"] = it["total"]
    session |= {"amount_subtotal": 0 if trial else it["subtotal"], "amount_total": 0 if trial else it["total"]}
    off = 0 if trial else sum(it["off"].values())
    session["total_details"] = {"amount_discount": off, "amount_shipping": 0, "amount_tax": 0 if trial else it["tax"]}
    session["line_items"] = as_list(
        [shown(world, line, trial=trial) for line in lines], f"/v1/checkout/sessions/{session['id']}/line_items"
    )


def shown(world: World, line: Doc, *, trial: bool) -> Doc:
    beside = line["tax"] if line["behaviour"] == "exclusive" else 0
    off = sum(amount for _name, amount in line["off"])
    price = world.get("price", line["price"])
    return {
        "id": world.id("li", 24),
        "object": "item",
        "adjustable_quantity": None,
        "amount_discount": 0 if trial else off,
        "amount_subtotal": 0 if trial else line["amount"],
        "amount_tax": 0 if trial else line["tax"],
        "amount_total": 0 if trial else line["net"] + beside,
        "currency": price["currency"],
        "description": world.get("product", line["product"])["name"],
        "metadata": {},
        "price": price["id"],
        "quantity": line["quantity"],
    }


def check_least(session: Doc) -> None:
    total = session["amount_total"]
    if session["mode"] == "payment" and 0 < total < least(session["currency"]):
        raise Invalid("The Checkout Session's total amount due is below the least that can be charged.",
                      param="line_items", code="amount_too_small")  # fmt: skip


def use_code(world: World, session: Doc, typed: str) -> None:
    """A promotion code from the page's box."""
    if not session["allow_promotion_codes"]:
        raise Invalid("This page takes no codes.")
    found = [code for code in world.all("promotion_code") if code["code"].lower() == typed.strip().lower()]
    active = [code for code in found if code["active"]] or found
    if not active:
        raise Invalid("This code is not valid.")
    code = world.get("promotion_code", active[-1]["id"])
    subtotal = sum(line["amount"] for line in lines_of(world, session))
    coupon = discounts.check_code(
        world, code, customer=session["customer"], currency=session["currency"], subtotal=subtotal, param="code"
    )
    session["_"]["discount"] = {"coupon": coupon["id"], "code": code["id"]}
    session["discounts"] = [{"coupon": None, "promotion_code": code["id"]}]
    total_up(world, session)


def drop_code(world: World, session: Doc) -> None:
    session["_"]["discount"], session["discounts"] = None, []
    total_up(world, session)


def needs_card(session: Doc) -> bool:
    """Whether the page asks for one: always, or only where something is due today."""
    if session["mode"] == "payment":
        return bool(session["amount_total"])
    return session["payment_method_collection"] != "if_required" or bool(session["amount_total"])


# --- the form was sent -------------------------------------------------------------------------------------------------


def submit(world: World, session: Doc, form: Doc) -> str:
    """Pay: where to go next. Raises `CardProblem` with the sentence for the page."""
    check_open(session)
    customer = whose(world, session, form)
    method = None
    if needs_card(session):
        if form.get("card") not in CARDS:
            raise Invalid("Choose how to pay.")
        method = save_card(
            world, form["card"], customer=customer, name=form.get("name"), country=form.get("country") or "DE"
        )
    session["customer_details"] = {
        "address": method["billing_details"]["address"] if method else None,
        "business_name": None, "email": customer["email"], "individual_name": None, "name": form.get("name") or customer["name"],
        "phone": None, "tax_exempt": "none", "tax_ids": [],
    }  # fmt: skip
    keep_address(session, customer, method, form)
    if session["mode"] == "payment":
        return pay_once(world, session, customer, method)
    return subscribe(world, session, customer, method)


def check_open(session: Doc) -> None:
    if session["status"] != "open":
        raise Invalid(f"This Checkout Session is {session['status']}.")


def whose(world: World, session: Doc, form: Doc) -> Doc:
    if session["customer"]:
        return world.live("customer", session["customer"])
    from memberships.standin.calls.customers import make

    email = session["customer_email"] or (form.get("email") or "").strip()
    if "@" not in email:
        raise Invalid("Enter your email address.")
    customer = make(world, {"email": email, "name": form.get("name") or None})
    session["customer"] = customer["id"]
    return customer


def keep_address(session: Doc, customer: Doc, method: Doc | None, form: Doc) -> None:
    update = session["_"]["customer_update"]
    if method and update.get("address") == "auto":
        customer["address"] = dict(method["billing_details"]["address"])
    if update.get("name") == "auto" and form.get("name"):
        customer["name"] = form["name"]


def subscribe(world: World, session: Doc, customer: Doc, method: Doc | None) -> str:
    sub = world.store.find("subscription", session["_"]["sub"] or "")
    trial_end = session["_"]["trial_end"]
    if session["_"]["trial_days"]:
        trial_end = world.now() + session["_"]["trial_days"] * subs.DAY
    if sub is None and method and not session["amount_total"]:
        # Nothing is due: the card is only kept, which the bank may want to ask about.
        answer = CARDS[method["_"]["number"]].now
        if answer in SENTENCES:
            raise CardProblem(SENTENCES[answer], code="card_declined", decline_code=answer)
        if answer == "ask" and not method["_"]["asked"]:
            return ask_to_keep(world, session, method)
    if sub is None or sub["status"] != "incomplete":
        found = []
        if used := session["_"]["discount"]:
            found = [discounts.redeem(world, **used, checkout_session=session["id"], customer=customer["id"])["id"]]
        sub = subs.begin(
            world, customer=customer, lines=session["_"]["lines"], method=method["id"] if method else None, trial_end=trial_end,
            discounts=found, taxed=session["automatic_tax"]["enabled"], data=session["_"]["sub_data"],
        )  # fmt: skip
        session["_"]["sub"] = sub["id"]
    sub["default_payment_method"] = method["id"] if method else sub["default_payment_method"]
    invoice = world.get("invoice", sub["latest_invoice"])
    if invoice["status"] == "paid":
        subs.invoice_was_paid(world, sub, invoice)
        return complete(world, session, "paid" if invoice["amount_paid"] else "no_payment_required")
    assert method is not None
    status = settling.collect(world, invoice, present=True, method=method)
    intent = world.get("payment_intent", invoice["_"]["pi"])
    intent["_"]["session"] = session["id"]
    return follow(world, session, intent, "succeeded" if status == "paid" else status)


def ask_to_keep(world: World, session: Doc, method: Doc) -> str:
    intent = world.add(
        "setup_intent",
        {"id": world.id("seti", 24), "object": "setup_intent", "_": {"session": session["id"], "method": method["id"]}},
    )
    return f"{world.base}/3ds/{intent['id']}"


def pay_once(world: World, session: Doc, customer: Doc, method: Doc | None) -> str:
    if not session["amount_total"]:
        spend(world, session, customer)
        return complete(world, session, "no_payment_required")
    assert method is not None
    intent = world.store.find("payment_intent", session["payment_intent"] or "")
    if intent is None or intent["status"] == "canceled" or intent["amount"] != session["amount_total"]:
        data = session["_"]["pi_data"]
        intent = payments.open_intent(
            world, amount=session["amount_total"], currency=session["currency"], customer=customer["id"],
            metadata=dict(data.get("metadata") or {}), session=session["id"],
        )  # fmt: skip
        intent["description"] = data.get("description")
        session["payment_intent"] = intent["id"]
    status = payments.ask(world, intent, method, present=True)
    return follow(world, session, intent, status)


def spend(world: World, session: Doc, customer: Doc) -> None:
    if used := session["_"].get("discount"):
        discounts.redeem(world, **used, checkout_session=session["id"], customer=customer["id"])
        session["_"]["spent"] = True


def follow(world: World, session: Doc, intent: Doc, status: str) -> str:
    """Where a payment's state leads from the page."""
    if status == "requires_action":
        return str(intent["next_action"]["redirect_to_url"]["url"])
    if status == "requires_payment_method":
        error = intent["last_payment_error"] or {"message": "Your card was declined.", "code": "card_declined"}
        raise Refused(error)
    return complete(world, session, "paid" if status == "succeeded" else "unpaid")


class Refused(Exception):
    """The bank said no after things were written that stay: the caller keeps the turn and shows the sentence."""

    def __init__(self, error: Doc) -> None:
        super().__init__(error["message"])
        self.error = error


def payment_moved(world: World, session: Doc, intent: Doc) -> None:
    """A payment that was on its way came to an end: from the bank's page, or days later."""
    if session["status"] == "open":
        if intent["status"] in ("succeeded", "processing"):
            complete(world, session, "paid" if intent["status"] == "succeeded" else "unpaid")
    elif session["payment_status"] == "unpaid" and intent["status"] == "succeeded":
        session["payment_status"] = "paid"
        write_invoice(world, session)
        world.tell("checkout.session.async_payment_succeeded", session)
    elif session["payment_status"] == "unpaid" and intent["status"] == "requires_payment_method":
        world.tell("checkout.session.async_payment_failed", session)


# --- the end -----------------------------------------------------------------------------------------------------------


def complete(world: World, session: Doc, payment: str) -> str:
    customer = world.get("customer", session["customer"])
    session |= {"status": "complete", "payment_status": payment, "url": None, "subscription": session["_"]["sub"]}
    if session["_"]["sub"]:
        session["invoice"] = world.get("subscription", session["_"]["sub"])["latest_invoice"]
    elif not session["_"].get("spent"):
        spend(world, session, customer)
    customer["currency"] = customer["currency"] or session["currency"]
    if payment != "unpaid":
        write_invoice(world, session)
    world.tell("checkout.session.completed", session)
    return str(session["success_url"] or world.base).replace("{CHECKOUT_SESSION_ID}", session["id"])


def write_invoice(world: World, session: Doc) -> None:
    """The receipt of a purchase, where the session asked for one."""
    if session["mode"] != "payment" or not (session["invoice_creation"] or {}).get("enabled") or session["invoice"]:
        return
    customer = world.get("customer", session["customer"])
    coupons = []
    if used := session["_"].get("discount"):
        name = next((d["id"] for d in world.all("discount") if d["checkout_session"] == session["id"]), "off")
        coupons = [(name, world.get("coupon", used["coupon"]))]
    now = world.now()
    lines = [line_for(world, world.get("price", it["price"]), it["quantity"], now, now) for it in session["_"]["lines"]]
    balance, customer["balance"] = customer["balance"], 0
    invoice = invoices.draft(
        world, customer=customer, currency=session["currency"], lines=lines, reason="manual", coupons=coupons,
        taxed=session["automatic_tax"]["enabled"], metadata=session["invoice_creation"]["invoice_data"]["metadata"] or {},
    )  # fmt: skip
    session["invoice"] = invoice["id"]
    invoices.finalize(world, invoice)
    if invoice["status"] != "paid":
        unused = world.get("payment_intent", invoice["_"]["pi"])
        world.store.drop("payment_intent", unused["id"])
        invoice["_"]["pi"] = session["payment_intent"]
        for row in world.mine("invoice_payment", invoice=invoice["id"]):
            row["payment"]["payment_intent"] = session["payment_intent"]
        invoices.paid(world, invoice)
    customer["balance"] = balance


def expire(world: World, session: Doc) -> None:
    session |= {"status": "expired", "url": None}
    sub = world.store.find("subscription", session["_"]["sub"] or "")
    if sub is not None and sub["status"] == "incomplete":
        subs.expire(world, sub)
    if session["payment_intent"]:
        intent = world.get("payment_intent", session["payment_intent"])
        intent |= {
            "status": "canceled",
            "canceled_at": world.now(),
            "cancellation_reason": "abandoned",
            "next_action": None,
        }
        world.tell("payment_intent.canceled", intent)
    world.tell("checkout.session.expired", session)


def open_session(world: World, **fields: Any) -> Doc:
    session = blank(
        "checkout.session",
        **{
            "id": world.id("cs_test", 40),
            "object": "checkout.session",
            "adaptive_pricing": None,
            "created": world.now(),
            "currency_conversion": None,
            "custom_fields": [],
            "custom_text": dict.fromkeys(("after_submit", "shipping_address", "submit", "terms_of_service_acceptance")),
            "livemode": False,
            "payment_method_options": {},
            "payment_method_types": ["card", "sepa_debit"],
            "payment_status": "unpaid",
            "phone_number_collection": {"enabled": False},
            "shipping_options": [],
            "status": "open",
            **fields,
        },
    )
    session["url"] = f"{world.base}/c/pay/{session['id']}"
    total_up(world, session)
    if session["mode"] == "subscription" and not session["amount_total"] and not needs_card(session):
        session["payment_status"] = "no_payment_required"
    return session
