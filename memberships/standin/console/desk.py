"""Every verb of the console: the clock, the messages, faults, and what somebody does in Stripe's dashboard."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from memberships.standin.calls import catalogue, customers
from memberships.standin.hooks import tricks
from memberships.standin.ledger import invoices, payments, settling, subs, turning
from memberships.standin.ledger.bank import CARDS
from memberships.standin.ledger.periods import add_months
from memberships.standin.world import World

Doc = dict[str, Any]
LENGTHS = {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86_400, "weeks": 604_800}
LONGEST = 5 * 366 * 86_400


def number(asked: Doc, name: str, default: int) -> int:
    given = str(asked.get(name, "")).strip()
    return int(given) if given else default


def advance(world: World, asked: Doc) -> Doc:
    """`days=3`, `hours`, `minutes`, `weeks`, `seconds`, `months`, or `to` a unix time; a day where nothing is said."""
    seconds = sum(number(asked, name, 0) * length for name, length in LENGTHS.items())
    with world.lock:
        now = world.now()
        if months := number(asked, "months", 0):
            seconds += add_months(now, months) - now
        if to := number(asked, "to", 0):
            seconds = to - now
        if not seconds and not any(str(asked.get(name, "")).strip() for name in (*LENGTHS, "months", "to")):
            seconds = LENGTHS["days"]
        if not 0 <= seconds <= LONGEST:
            raise ValueError("The clock goes forward only, five years at most.")
        happened = turning.advance(world, seconds)
        return {"now": world.now(), "advanced": seconds, "happened": happened}


def resend(world: World, asked: Doc) -> Doc:
    since = asked.get("since")
    with world.turn():
        sent = tricks.resend(
            world,
            event=str(asked.get("event", "")),
            times=number(asked, "times", 1),
            since=int(since) if since else None,
        )
    return {"resent": sent}


def drop(world: World, asked: Doc) -> Doc:
    with world.turn():
        return tricks.drop(world, event=str(asked.get("event", "")), next_=number(asked, "next", 1))


def hold(world: World, _asked: Doc) -> Doc:
    with world.turn():
        tricks.hold(world)
    return {"holding": True}


def release(world: World, asked: Doc) -> Doc:
    with world.turn():
        return {
            "released": tricks.release(world, order=str(asked.get("order") or "same"), times=number(asked, "times", 1))
        }


def forge(world: World, asked: Doc) -> Doc:
    return tricks.forge(
        world,
        how=str(asked.get("how") or "wrong_secret"),
        event=str(asked.get("event", "")),
        kind=str(asked.get("type", "")),
    )


def fail(world: World, asked: Doc) -> Doc:
    """The next calls fail: `next=2&status=500`, `status=0` for a dead line, `when=after` it was done, `path=` a part of it."""
    fault = {
        "next": number(asked, "next", 1),
        "status": number(asked, "status", 500),
        "when": str(asked.get("when") or "before"),
        "path": str(asked.get("path", "")),
        "ms": number(asked, "ms", 0),
    }
    return add_fault(world, fault)


def latency(world: World, asked: Doc) -> Doc:
    """The next calls take this long: `ms=2000&next=3`, next=-1 for all from now on."""
    return add_fault(
        world, {"next": number(asked, "next", 1), "ms": number(asked, "ms", 1000), "path": str(asked.get("path", ""))}
    )


def add_fault(world: World, fault: Doc) -> Doc:
    with world.turn():
        world.store.keep("faults", [*world.store.note("faults", []), fault])
    return fault


def heal(world: World, _asked: Doc) -> Doc:
    """No more faults, nothing held, nothing dropped; what was refused is forgotten where `contract` is asked for."""
    with world.turn():
        world.store.keep("faults", [])
        world.store.keep("drop", 0)
        tricks.release(world)
    return {"healed": True}


def contract(world: World, _asked: Doc) -> Doc:
    """Read and empty the log of refusals."""
    with world.turn():
        log = world.store.note("contract", [])
        world.store.keep("contract", [])
    return {"emptied": log}


def settings(world: World, asked: Doc) -> Doc:
    """`dunning_end=cancel|unpaid|past_due`, `charges_enabled=true|false`."""
    kept = dict(world.store.note("settings", {}))
    if way := asked.get("dunning_end"):
        if way not in ("cancel", "unpaid", "past_due"):
            raise ValueError("dunning_end is cancel, unpaid or past_due.")
        kept["dunning_end"] = way
    if "charges_enabled" in asked:
        kept["charges_enabled"] = str(asked["charges_enabled"]).lower() == "true"
    with world.turn():
        world.store.keep("settings", kept)
    return kept


def wait(world: World, asked: Doc) -> Doc:
    """Until every message has arrived or was given up: for scripts, 10 seconds at most."""
    until = time.monotonic() + min(60.0, float(asked.get("seconds") or 10))
    while time.monotonic() < until:
        with world.lock:
            left = world.store.rows(
                "SELECT count(*) FROM sent WHERE state = 'sending' OR (state = 'waiting' AND attempt = 0)"
            )[0][0]
        if not left:
            return {"waiting": 0}
        time.sleep(0.02)
    return {"waiting": int(left)}


# --- what somebody does in the dashboard -------------------------------------------------------------------------------


def cancel_now(world: World, name: str, _asked: Doc) -> None:
    subs.end(world, world.get("subscription", name), reason="cancellation_requested")


def archive(world: World, name: str, _asked: Doc) -> None:
    catalogue.update_product(world, {"active": False}, name)


def refund(world: World, name: str, asked: Doc) -> None:
    amount = number(asked, "amount", 0) or None
    payments.refund(world, world.get("payment_intent", name), amount, reason=None, metadata={})


def dispute(world: World, name: str, _asked: Doc) -> None:
    payments.open_dispute(world, world.get("charge", name))


def settle(world: World, name: str, _asked: Doc) -> None:
    settling.settle(world, world.get("payment_intent", name))


def void(world: World, name: str, _asked: Doc) -> None:
    invoices.void(world, world.get("invoice", name))


def write_off(world: World, name: str, _asked: Doc) -> None:
    invoice = world.get("invoice", name)
    invoice |= {"status": "uncollectible", "auto_advance": False, "next_payment_attempt": None}
    invoice["status_transitions"]["marked_uncollectible_at"] = world.now()
    world.tell("invoice.marked_uncollectible", invoice)


def no_tax_address(world: World, name: str, _asked: Doc) -> None:
    """A draft that cannot be finalized, as happens without an address for the tax."""
    invoice = world.get("invoice", name)
    invoice["automatically_finalizes_at"] = None
    said = "The customer's location isn't recognized."
    invoice["last_finalization_error"] = {
        "type": "invalid_request_error",
        "code": "customer_tax_location_invalid",
        "message": said,
    }
    world.tell("invoice.finalization_failed", invoice)


def swap_card(world: World, name: str, asked: Doc) -> None:
    """The card behind a payment method behaves like another one from now on."""
    if asked.get("card") not in CARDS:
        raise ValueError(f"card is one of {', '.join(CARDS)}.")
    world.get("payment_method", name)["_"] |= {"number": asked["card"], "asked": False}


ACTS: dict[str, Callable[[World, str, Doc], None]] = {
    "delete_customer": lambda world, name, _asked: customers.delete(world, name),
    "delete_product": lambda world, name, _asked: catalogue.delete_product(world, name),
    "archive_product": archive,
    "cancel_subscription": cancel_now,
    "pause_subscription": lambda world, name, _asked: subs.pause(
        world, world.get("subscription", name), "pause_requested"
    ),
    "refund": refund,
    "dispute": dispute,
    "win_dispute": lambda world, name, _asked: payments.close_dispute(world, world.get("dispute", name), won=True),
    "lose_dispute": lambda world, name, _asked: payments.close_dispute(world, world.get("dispute", name), won=False),
    "settle": settle,
    "void_invoice": void,
    "write_off_invoice": write_off,
    "fail_finalization": no_tax_address,
    "swap_card": swap_card,
}


def act(world: World, asked: Doc) -> Doc:
    """`what=delete_customer&id=cus_…`: done as in the dashboard, with its events."""
    what = str(asked.get("what", ""))
    if what not in ACTS:
        raise ValueError(f"what is one of {', '.join(ACTS)}.")
    with world.turn():
        ACTS[what](world, str(asked.get("id", "")), asked)
    return {"did": what, "id": asked.get("id")}


def reset(world: World, asked: Doc) -> Doc:
    """A new world with nothing in it, as after a first start; `webhook=` says where it tells. A call that was still held back
    belongs to the old one and ends with it; messages on their way arrive before the new one begins."""
    with world.turn():
        world.age += 1
        world.store.rows("DELETE FROM sent WHERE state <> 'sending'")
    wait(world, {})
    with world.turn():
        name = world.store.note("endpoint")
        kept = dict(world.get("webhook_endpoint", name))
        for kind in list(world.store.kinds):
            for each in list(world.store.kinds[kind]):
                world.store.drop(kind, each)
        world.store.rows("DELETE FROM sent")
        world.store.rows("DELETE FROM note WHERE name <> 'endpoint'")
    with world.turn():
        kept["url"] = str(asked.get("webhook") or kept["url"])
        world.add("webhook_endpoint", kept)
    return {"reset": True}


VERBS: dict[str, Callable[[World, Doc], Doc]] = {
    "advance": advance, "resend": resend, "drop": drop, "forge": forge, "hold": hold, "release": release, "fail": fail,
    "latency": latency, "heal": heal, "contract": contract, "settings": settings, "wait": wait, "act": act, "reset": reset,
}  # fmt: skip
