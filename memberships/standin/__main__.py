"""Starts the stand-in: `python -m memberships.standin`. Refuses a live key and every address but this machine's."""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

from memberships.standin.calls.telling import make_endpoint
from memberships.standin.hooks.deliver import Couriers
from memberships.standin.ledger.turning import pass_time
from memberships.standin.server import Server
from memberships.standin.world import World

ROOT = Path(__file__).resolve().parents[2]
SECRET = "whsec_demo"  # noqa: S105 - the demo's, known to everybody
EVENTS = [
    "checkout.session.completed",
    "checkout.session.async_payment_succeeded",
    "checkout.session.async_payment_failed",
    "checkout.session.expired",
    "customer.subscription.created",
    "customer.subscription.updated",
    "customer.subscription.deleted",
    "customer.subscription.paused",
    "customer.subscription.resumed",
    "customer.subscription.trial_will_end",
    "customer.subscription.pending_update_applied",
    "customer.subscription.pending_update_expired",
    "invoice.paid",
    "invoice.payment_failed",
    "invoice.payment_action_required",
    "invoice.finalization_failed",
    "invoice.upcoming",
    "invoice.voided",
    "invoice.marked_uncollectible",
    "charge.dispute.created",
    "charge.dispute.closed",
    "refund.created",
    "refund.updated",
    "refund.failed",
    "customer.deleted",
]


def main(_arguments: Sequence[str] = ()) -> int:
    try:
        check(os.environ)
        port = int(os.environ.get("PORT") or "8000") + 1
        lines = sockets(port)
    except ValueError as refusal:
        print(refusal, file=sys.stderr, flush=True)
        return 1
    if lines:
        port = lines[0].getsockname()[1]
    folder = Path(os.environ.get("HEARTH_DATA") or ROOT / "var").resolve()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    site = f"http://127.0.0.1:{os.environ.get('PORT') or '8000'}"
    world = World(folder / "standin.sqlite3", base=f"http://localhost:{port}", site=site)
    world.record = os.environ.get("STANDIN_RECORD", "")
    first_start(world, os.environ.get("STANDIN_WEBHOOK") or f"{site}/stripe/webhook/")
    serve(world, lines)
    return 0


def check(env: os._Environ[str]) -> None:
    """No money, no other machine."""
    key = env.get("STRIPE_API_KEY", "")
    if key.startswith(("sk_live", "rk_live")):
        raise ValueError("The stand-in does not start beside a live STRIPE_API_KEY.")
    host = env.get("HEARTH_HOST") or "127.0.0.1"
    if host not in ("127.0.0.1", "localhost", "::1"):
        raise ValueError(f"The stand-in serves this machine only, not {host}.")


def sockets(port: int) -> list[socket.socket]:
    """Those that the supervisor opened, else its own."""
    if given := os.environ.pop("HEARTH_SOCKET_FDS", ""):
        return [socket.socket(fileno=int(number)) for number in given.split(",")]
    if not 0 < port < 65536:
        raise ValueError("PORT leaves no room for the stand-in, which serves one higher.")
    opened: list[socket.socket] = []
    for name in ("127.0.0.1", "::1"):
        line = socket.socket(socket.AF_INET6 if ":" in name else socket.AF_INET, socket.SOCK_STREAM)
        line.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            line.bind((name, port))
            line.listen(256)
        except OSError as problem:
            line.close()
            if not opened:
                raise ValueError(f"Port {port} is taken; stop what uses it or set PORT to another one.") from problem
            continue
        opened.append(line)
    return opened


def first_start(world: World, url: str) -> None:
    """The site's own endpoint is there from the beginning, and follows it to another port."""
    with world.turn():
        name = world.store.note("endpoint")
        if name and (endpoint := world.store.find("webhook_endpoint", name)):
            endpoint["url"] = url
            return
        endpoint = make_endpoint(world, url, EVENTS, SECRET, description="The demo's own endpoint")
        world.store.keep("endpoint", endpoint["id"])


def serve(world: World, lines: list[socket.socket]) -> None:
    ended = threading.Event()

    def ask_for_the_end(_number: int, _frame: FrameType | None) -> None:
        ended.set()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, ask_for_the_end)
    couriers = Couriers(world)
    world.after = couriers.wake
    couriers.start()
    servers = [Server(line, world) for line in lines]
    for server in servers:
        threading.Thread(target=server.serve_forever, args=(0.1,), daemon=True).start()
    print(f"The stand-in for Stripe answers on {world.base}; no money moves.", flush=True)
    while not ended.wait(1.0):
        tick(world)
    couriers.stop()
    for server in servers:
        server.shutdown()
    with world.lock:
        world.store.line.close()


def tick(world: World) -> None:
    """The real clock goes on as well."""
    with world.lock:
        pass_time(world, int(time.time()) + int(world.store.note("offset", 0)))


if __name__ == "__main__":
    sys.exit(main())
