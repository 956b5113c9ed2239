"""Events, webhook endpoints and the account."""

from __future__ import annotations

import secrets
from typing import Any

from memberships.standin.calls.listing import check_metadata, merge_metadata, paged
from memberships.standin.faults import Invalid
from memberships.standin.ledger.subs import DAY
from memberships.standin.shapes import blank
from memberships.standin.world import World

Doc = dict[str, Any]
MOST_ENDPOINTS = 16


def list_events(world: World, params: Doc) -> Doc:
    if "type" in params and "types" in params:
        raise Invalid("You may pass either `type` or `types`, but not both.", param="types")
    if len(params.get("types") or []) > 20:
        raise Invalid("You may pass up to 20 event types.", param="types")
    wanted = params.get("types") or ([params["type"]] if "type" in params else [])
    oldest = world.now() - 30 * DAY

    def keep(event: Doc) -> bool:
        if event["created"] < oldest:
            return False
        return not wanted or any(
            event["type"] == it or (it.endswith("*") and event["type"].startswith(it[:-1])) for it in wanted
        )

    return paged(world, world.all("event"), params, "/v1/events", keep)


def create_endpoint(world: World, params: Doc) -> Doc:
    check_address(params["url"])
    if len(world.all("webhook_endpoint")) >= MOST_ENDPOINTS:
        raise Invalid("You have reached the maximum of 16 test webhook endpoints.", param="url")
    endpoint = make_endpoint(
        world, params["url"], params["enabled_events"], f"whsec_{secrets.token_hex(16)}",
        api_version=params.get("api_version"), description=params.get("description") or None,
        metadata=check_metadata(params.get("metadata")),
    )  # fmt: skip
    return {**endpoint, "secret": endpoint["_"]["secret"]}


def check_address(url: str) -> None:
    """Real ones ask for https in live mode and a public name; here it must be this machine."""
    if not url.startswith(("http://127.0.0.1", "http://localhost", "http://[::1]", "https://")):
        raise Invalid("Invalid URL: the stand-in only speaks to this machine.", param="url", code="url_invalid")


def make_endpoint(world: World, url: str, events: list[str], secret: str, **more: Any) -> Doc:
    return world.add(
        "webhook_endpoint",
        blank(
            "webhook_endpoint",
            **{
                "id": world.id("we", 24),
                "object": "webhook_endpoint",
                "api_version": None,
                "created": world.now(),
                "enabled_events": list(events),
                "livemode": False,
                "metadata": {},
                "status": "enabled",
                "url": url,
                "_": {"secret": secret},
                **more,
            },
        ),
    )


def update_endpoint(world: World, params: Doc, name: str) -> Doc:
    endpoint = world.get("webhook_endpoint", name, in_path=True)
    merge_metadata(endpoint, params)
    if "url" in params:
        check_address(params["url"])
        endpoint["url"] = params["url"]
    for field in ("enabled_events", "description"):
        if field in params:
            endpoint[field] = params[field]
    if "disabled" in params:
        endpoint["status"] = "disabled" if params["disabled"] else "enabled"
    return endpoint


def list_endpoints(world: World, params: Doc) -> Doc:
    return paged(world, world.all("webhook_endpoint"), params, "/v1/webhook_endpoints")


def account(world: World, _params: Doc) -> Doc:
    open_ = world.setting("charges_enabled")
    return {
        "id": "acct_standin",
        "object": "account",
        "business_profile": None,
        "business_type": "company",
        "capabilities": {"card_payments": "active" if open_ else "pending", "transfers": "active"},
        "charges_enabled": open_,
        "country": "DE",
        "created": 1_700_000_000,
        "default_currency": "eur",
        "details_submitted": True,
        "email": "owner@standin.example",
        "metadata": {},
        "payouts_enabled": open_,
        "settings": None,
        "type": "standard",
    }
