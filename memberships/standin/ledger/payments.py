"""Payment intents and the charges under them: asking the bank, the 3-D Secure step, money that comes back."""

from __future__ import annotations

from typing import Any

from memberships.standin.faults import Invalid
from memberships.standin.ledger.amounts import show
from memberships.standin.ledger.bank import CARDS, SENTENCES, SETTLES_AFTER, ask_bank
from memberships.standin.shapes import blank
from memberships.standin.world import World

Doc = dict[str, Any]


def open_intent(world: World, *, amount: int, currency: str, customer: str | None, metadata: Doc, **mine: Any) -> Doc:
    name = world.id("pi", 24)
    intent = blank(
        "payment_intent",
        id=name,
        object="payment_intent",
        amount=amount,
        amount_capturable=0,
        amount_details={"tip": {}},
        amount_received=0,
        automatic_payment_methods=None,
        capture_method="automatic_async",
        client_secret=f"{name}_secret_{world.id('s')[2:]}",
        confirmation_method="automatic",
        created=world.now(),
        currency=currency,
        customer=customer,
        livemode=False,
        metadata=metadata,
        payment_method_options={},
        payment_method_types=["card"],
        status="requires_payment_method",
        _=mine,
    )
    world.add("payment_intent", intent)
    world.tell("payment_intent.created", intent)
    return intent


def ask(world: World, intent: Doc, method: Doc, *, present: bool) -> str:
    """Charge it: the intent's new status, which is `requires_payment_method` where the bank said no."""
    intent["payment_method"], intent["last_payment_error"], intent["next_action"] = method["id"], None, None
    intent["payment_method_types"] = [method["type"]]
    answer = ask_bank(method, present=present)
    if answer == "ok":
        succeed(world, intent)
    elif answer == "wait":
        intent["status"] = "processing"
        intent["_"]["settles"] = world.now() + SETTLES_AFTER
        charge = make_charge(world, intent, "pending")
        intent["latest_charge"] = charge["id"]
        world.tell("charge.pending", charge)
        world.tell("payment_intent.processing", intent)
    elif answer == "ask":
        intent["status"] = "requires_action"
        step = {"return_url": None, "url": f"{world.base}/3ds/{intent['id']}"}
        intent["next_action"] = {"type": "redirect_to_url", "redirect_to_url": step}
        world.tell("payment_intent.requires_action", intent)
    else:
        fail(world, intent, answer)
    return str(intent["status"])


def succeed(world: World, intent: Doc) -> None:
    method = world.get("payment_method", intent["payment_method"])
    waiting = intent["status"] == "processing"
    charge = world.get("charge", intent["latest_charge"]) if waiting else make_charge(world, intent, "succeeded")
    charge |= {"status": "succeeded", "paid": True, "captured": True, "amount_captured": charge["amount"]}
    intent |= {
        "status": "succeeded",
        "amount_received": intent["amount"],
        "latest_charge": charge["id"],
        "next_action": None,
    }
    intent["_"].pop("settles", None)
    world.tell("charge.succeeded", charge)
    world.tell("payment_intent.succeeded", intent)
    if CARDS[method["_"]["number"]].after == "dispute":
        open_dispute(world, charge)


def fail(world: World, intent: Doc, reason: str) -> None:
    waiting = intent["status"] == "processing"
    charge = world.get("charge", intent["latest_charge"]) if waiting else make_charge(world, intent, "failed")
    code = "card_declined" if reason in ("generic_decline", "insufficient_funds") else reason
    if reason == "not_authenticated":
        code = "payment_intent_authentication_failure"
    charge |= {"status": "failed", "paid": False, "captured": False, "failure_code": code}
    charge["failure_message"] = SENTENCES[reason]
    error = {"type": "card_error", "code": code, "message": SENTENCES[reason], "charge": charge["id"]}
    if code == "card_declined":
        error["decline_code"] = reason
    intent |= {"status": "requires_payment_method", "last_payment_error": error, "latest_charge": charge["id"]}
    intent["next_action"] = None
    intent["_"].pop("settles", None)
    world.tell("charge.failed", charge)
    world.tell("payment_intent.payment_failed", intent)


def make_charge(world: World, intent: Doc, status: str) -> Doc:
    method = world.get("payment_method", intent["payment_method"])
    name = world.id("ch", 24)
    details = {"type": method["type"], method["type"]: dict(method[method["type"]])}
    for left_out in ("display_brand", "generated_from", "networks", "three_d_secure_usage"):
        details[method["type"]].pop(left_out, None)
    if method["type"] == "card":
        details["card"] |= {"installments": None, "mandate": None, "network": "visa", "three_d_secure": None}
    return world.add(
        "charge",
        blank(
            "charge",
            id=name,
            object="charge",
            amount=intent["amount"],
            amount_captured=intent["amount"] if status == "succeeded" else 0,
            amount_refunded=0,
            billing_details=method["billing_details"],
            calculated_statement_descriptor="HEARTH STAND-IN",
            captured=status == "succeeded",
            created=world.now(),
            currency=intent["currency"],
            customer=intent["customer"],
            disputed=False,
            fraud_details={},
            livemode=False,
            metadata=dict(intent["metadata"]),
            outcome=None,
            paid=status == "succeeded",
            payment_intent=intent["id"],
            payment_method=method["id"],
            payment_method_details=details,
            receipt_url=f"{world.base}/receipts/{name}",
            refunded=False,
            status=status,
        ),
    )


# --- money that comes back ---------------------------------------------------------------------------------------------


def refund(world: World, intent: Doc, amount: int | None, *, reason: str | None, metadata: Doc) -> Doc:
    if intent["status"] != "succeeded":
        raise Invalid("This PaymentIntent does not have a successful charge to refund.", param="payment_intent")
    charge = world.get("charge", intent["latest_charge"])
    if charge["disputed"]:
        raise Invalid(f"Charge {charge['id']} has been charged back; cannot issue a refund.", code="charge_disputed")
    left = charge["amount"] - charge["amount_refunded"]
    if left == 0:
        raise Invalid(f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded")
    amount = left if amount is None else amount
    if amount <= 0:
        raise Invalid("Invalid positive integer", param="amount", code="parameter_invalid_integer")
    if amount > left:
        asked, there = show(amount, charge["currency"]), show(left, charge["currency"])
        said = f"Refund amount ({asked}) is greater than unrefunded amount on charge ({there})"
        raise Invalid(said, param="amount")
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount"]
    method = world.get("payment_method", charge["payment_method"])
    fails = CARDS[method["_"]["number"]].after == "refund_fails"
    back = blank(
        "refund",
        id=world.id("re", 24),
        object="refund",
        amount=amount,
        charge=charge["id"],
        created=world.now(),
        currency=charge["currency"],
        destination_details={"card": {"type": "refund"}, "type": "card"}
        if method["type"] == "card"
        else {"type": "sepa_bank_transfer"},
        metadata=metadata,
        payment_intent=intent["id"],
        reason=reason,
        status="succeeded",
        _={"fails": world.now() + 2 * 86_400} if fails else {},
    )
    world.add("refund", back)
    world.tell("charge.refunded", charge)
    world.tell("refund.created", back)
    world.tell("refund.updated", back)
    return back


def fail_refund(world: World, back: Doc) -> None:
    charge = world.get("charge", back["charge"])
    charge["amount_refunded"] -= back["amount"]
    charge["refunded"] = False
    back |= {"status": "failed", "failure_reason": "expired_or_canceled_card"}
    back["_"] = {}
    world.tell("refund.updated", back)
    world.tell("refund.failed", back)


def open_dispute(world: World, charge: Doc) -> Doc:
    """The bank takes the money back and asks for reasons."""
    if charge["disputed"] or not charge["paid"]:
        raise Invalid("This charge cannot be disputed.")
    charge["disputed"] = True
    dispute = {
        "id": world.id("du", 24),
        "object": "dispute",
        "amount": charge["amount"] - charge["amount_refunded"],
        "balance_transactions": [],
        "charge": charge["id"],
        "created": world.now(),
        "currency": charge["currency"],
        "enhanced_eligibility_types": [],
        "evidence": dict.fromkeys(EVIDENCE.split()) | {"enhanced_evidence": {}},
        "evidence_details": {
            "due_by": world.now() + 7 * 86_400,
            "enhanced_eligibility": {},
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
        },
        "is_charge_refundable": False,
        "livemode": False,
        "metadata": {},
        "payment_intent": charge["payment_intent"],
        "reason": "fraudulent",
        "status": "needs_response",
    }
    world.add("dispute", dispute)
    world.tell("charge.dispute.created", dispute)
    world.tell("charge.dispute.funds_withdrawn", dispute)
    return dispute


def close_dispute(world: World, dispute: Doc, *, won: bool) -> None:
    if dispute["status"] in ("won", "lost"):
        raise Invalid("This dispute is closed.")
    dispute["status"] = "won" if won else "lost"
    if won:
        charge = world.get("charge", dispute["charge"])
        charge["disputed"] = False
        world.tell("charge.dispute.funds_reinstated", dispute)
    world.tell("charge.dispute.closed", dispute)


EVIDENCE = (
    "access_activity_log billing_address cancellation_policy cancellation_policy_disclosure cancellation_rebuttal "
    "customer_communication customer_email_address customer_name customer_purchase_ip customer_signature "
    "duplicate_charge_documentation duplicate_charge_explanation duplicate_charge_id product_description receipt "
    "refund_policy refund_policy_disclosure refund_refusal_explanation service_date service_documentation "
    "shipping_address shipping_carrier shipping_date shipping_documentation shipping_tracking_number uncategorized_file "
    "uncategorized_text"
)
