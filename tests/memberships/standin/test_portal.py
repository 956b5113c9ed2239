"""The hosted portal: cancel and keep, switch with the exact amount, the card, invoices; and the doors that lead straight in."""

import re
from typing import Any

import pytest

from memberships.billing import gateway
from tests.memberships.process import ASKS_ALWAYS, DECLINED, FAILS_LATER, GOOD, StandIn, alert_in
from tests.memberships.shop import a_key, a_price, a_product, event_types, invoices_of, item_of, now, subscribed

REASONS = {"enabled": True, "options": ["unused", "other"]}
RETURN = "http://localhost:8000/me/plan/"


class Shop:
    """Two tiers, the configuration that sells both, and somebody on the lower one."""

    def __init__(self, standin: StandIn, card: str = GOOD, *, on: str = "low") -> None:
        one, two = a_product("Insider"), a_product("Inner Circle")
        self.low, self.high = a_price(one, 900), a_price(two, 2900)
        self.configuration = gateway.create_portal_configuration(
            {
                "features": {
                    "subscription_cancel": {"enabled": True, "mode": "at_period_end", "cancellation_reason": REASONS},
                    "subscription_update": {
                        "enabled": True,
                        "default_allowed_updates": ["price"],
                        "proration_behavior": "always_invoice",
                        "products": [{"product": it["product"], "prices": [it["id"]]} for it in (self.low, self.high)],
                        "schedule_at_period_end": {"conditions": [{"type": "decreasing_item_amount"}, {"type": "shortening_interval"}]},
                    },
                    "payment_method_update": {"enabled": True},
                    "invoice_history": {"enabled": True},
                    "customer_update": {"enabled": True, "allowed_updates": ["address"]},
                }
            },
            key=a_key(),
        )  # fmt: skip
        self.sub = subscribed(standin, getattr(self, on), card)

    def session(self, **flow: Any) -> dict[str, Any]:
        fields = {"customer": self.sub["customer"], "configuration": self.configuration["id"], "return_url": RETURN}
        if flow:
            fields["flow_data"] = flow
        return gateway.create_portal_session(fields)

    def confirm(self, price: dict[str, Any]) -> dict[str, Any]:
        inner = {"subscription": self.sub["id"], "items": [{"id": item_of(self.sub)["id"], "price": price["id"]}]}
        end = {"type": "redirect", "redirect": {"return_url": RETURN}}
        return self.session(type="subscription_update_confirm", subscription_update_confirm=inner, after_completion=end)


def test_the_first_page_says_what_one_has(standin: StandIn) -> None:
    shop = Shop(standin)
    page = standin.fetch(shop.session()["url"])
    for words in (
        "Insider",
        "€9.00 / month",
        "Renews on",
        "Cancel plan",
        "Change plan",
        "Visa •••• 4242",
        RETURN,
        "Invoices",
    ):
        assert words in page.text
    assert "Insider" in standin.fetch(f"/i/{invoices_of(shop.sub)[0]['id']}").text


def test_cancel_with_a_reason_and_keep_after_all(standin: StandIn) -> None:
    shop = Shop(standin)
    at = shop.session()["url"]
    assert "I do not use it" in standin.fetch(f"{at}/cancel/{shop.sub['id']}").text
    done = standin.fetch(f"{at}/cancel/{shop.sub['id']}", {"feedback": "unused", "comment": "Later perhaps."})
    assert done.status == 303
    planned = now(shop.sub)
    assert (planned["cancel_at_period_end"], planned["cancel_at"]) == (True, item_of(planned)["current_period_end"])
    assert planned["cancellation_details"] == {
        "comment": "Later perhaps.",
        "feedback": "unused",
        "reason": "cancellation_requested",
    }
    assert "Ends on" in standin.fetch(f"{at}?home=1").text
    standin.fetch(f"{at}/resume/{shop.sub['id']}", {})
    assert now(shop.sub)["cancel_at"] is None


def test_an_upgrade_shows_what_is_due_and_charges_that(standin: StandIn) -> None:
    shop = Shop(standin)
    standin.do("advance", days=10)
    door = shop.confirm(shop.high)
    page = standin.fetch(standin.fetch(door["url"]).to)
    due = re.search(r"Due today</th><td>€([\d.]+)<", page.text)
    fields = dict(re.findall(r'name="(price|at)" value="([^"]+)"', page.text))
    done = standin.fetch(f"{door['url']}/confirm/{shop.sub['id']}", fields)
    assert done.to == RETURN
    made = invoices_of(shop.sub)[0]
    assert due is not None
    assert f"{made['amount_paid'] / 100:.2f}" == due[1]
    assert item_of(now(shop.sub))["price"]["id"] == shop.high["id"]


@pytest.mark.parametrize("card", [FAILS_LATER, GOOD])
def test_a_downgrade_is_planned_and_nothing_is_due(standin: StandIn, card: str) -> None:
    shop = Shop(standin, card, on="high")
    door = shop.confirm(shop.low)
    assert "nothing is due today" in standin.fetch(standin.fetch(door["url"]).to).text
    standin.fetch(f"{door['url']}/confirm/{shop.sub['id']}", {"price": shop.low["id"]})
    held = now(shop.sub)
    assert (item_of(held)["price"]["id"], held["schedule"] is not None) == (shop.high["id"], True)
    if card == GOOD:
        standin.do("advance", to=item_of(held)["current_period_end"] + 2 * 3600)
        assert item_of(now(shop.sub))["price"]["id"] == shop.low["id"]
        assert invoices_of(shop.sub)[0]["total"] == 900


def test_a_declined_switch_says_so_and_changes_nothing(standin: StandIn) -> None:
    shop = Shop(standin)
    standin.do("act", what="swap_card", id=shop.sub["default_payment_method"], card=DECLINED)
    door = shop.session()["url"]
    refused = standin.fetch(f"{door}/confirm/{shop.sub['id']}", {"price": shop.high["id"]})
    assert alert_in(standin.fetch(refused.to)) == "Your card was declined."
    after = now(shop.sub)
    assert (after["status"], after["pending_update"], item_of(after)["price"]["id"]) == ("active", None, shop.low["id"])
    assert invoices_of(shop.sub)[0]["status"] == "void"


def test_a_card_that_is_declined_is_not_kept(standin: StandIn) -> None:
    shop = Shop(standin)
    method = shop.sub["default_payment_method"]
    assert alert_in(standin.fetch(f"{shop.session()['url']}/card", {"card": DECLINED})) == "Your card was declined."
    assert now(shop.sub)["default_payment_method"] == method


@pytest.mark.parametrize("answer", ["pass", "fail"])
def test_a_switch_that_the_bank_asks_about(standin: StandIn, answer: str) -> None:
    shop = Shop(standin)
    door = shop.confirm(shop.high)["url"]
    standin.fetch(f"{door}/card", {"card": ASKS_ALWAYS})
    step = standin.fetch(f"{door}/confirm/{shop.sub['id']}", {"price": shop.high["id"]})
    assert "/3ds/" in step.to
    assert item_of(now(shop.sub))["price"]["id"] == shop.low["id"]
    standin.fetch(step.to, {"do": answer})
    after = now(shop.sub)
    assert (after["status"], after["pending_update"]) == ("active", None)
    assert item_of(after)["price"]["id"] == (shop.high if answer == "pass" else shop.low)["id"]


def test_a_new_card_and_one_click_pay_what_was_owed(standin: StandIn) -> None:
    shop = Shop(standin, FAILS_LATER)
    standin.do("advance", to=item_of(shop.sub)["current_period_end"] + 2 * 3600)
    assert now(shop.sub)["status"] == "past_due"
    door = shop.session(type="payment_method_update")
    assert standin.fetch(door["url"]).to.endswith("/card")
    home = standin.fetch(f"{door['url']}/card", {"card": GOOD}).to
    page = standin.fetch(home)
    assert "A payment is overdue" in page.text
    owed = re.search(r'href="(/i/in_\w+)">Pay €9.00', page.text)
    assert owed is not None
    standin.fetch(owed[1], {"card": GOOD})
    assert now(shop.sub)["status"] == "active"


def test_a_card_that_is_mended_pays_at_the_next_try(standin: StandIn) -> None:
    shop = Shop(standin, FAILS_LATER)
    standin.do("advance", to=item_of(shop.sub)["current_period_end"] + 2 * 3600)
    standin.fetch(f"{shop.session()['url']}/card", {"card": GOOD})
    standin.do("advance", days=3, hours=1)
    assert now(shop.sub)["status"] == "active"
    assert "invoice.paid" in event_types()


@pytest.mark.parametrize(
    ("kind", "words"), [("subscription_cancel", "Cancel your plan?"), ("subscription_update", "Change plan")]
)
def test_a_deep_link_opens_its_page(standin: StandIn, kind: str, words: str) -> None:
    shop = Shop(standin)
    door = shop.session(type=kind, **{kind: {"subscription": shop.sub["id"]}})
    assert words in standin.fetch(standin.fetch(door["url"]).to).text


def test_somebody_elses_subscription_is_no_door(standin: StandIn) -> None:
    shop, other = Shop(standin), Shop(standin)
    with pytest.raises(gateway.errors.Refused, match="another customer"):
        shop.session(type="subscription_cancel", subscription_cancel={"subscription": other.sub["id"]})
    refused = standin.fetch(f"{shop.session()['url']}/cancel/{other.sub['id']}", {})
    assert refused.status == 400
    assert now(other.sub)["cancel_at"] is None


REFUSED = [
    ({"configuration": None}, "No configuration provided"),
    ({"return_url": None}, "return_url"),
    ({"flow_data": {"type": "subscription_cancel"}}, "flow_data"),
]


@pytest.mark.parametrize(("fields", "why"), REFUSED)
def test_a_portal_that_cannot_be_is_refused(standin: StandIn, fields: dict[str, Any], why: str) -> None:
    shop = Shop(standin)
    wanted = {
        "customer": shop.sub["customer"],
        "configuration": shop.configuration["id"],
        "return_url": RETURN,
        **fields,
    }
    with pytest.raises(gateway.errors.Refused, match=why):
        gateway.create_portal_session({name: it for name, it in wanted.items() if it is not None})
