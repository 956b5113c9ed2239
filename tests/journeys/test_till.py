"""From the staircase through the till to an open post and out again, with the keyboard alone and real messages of the stand-in."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine

from memberships.billing import gateway
from memberships.billing.inbox import work_inbox
from memberships.billing.models import Invoice, Leaving, StripeEvent, Subscription
from memberships.tiers.models import Tier
from tests.journeys.conftest import tab_to
from tests.memberships.billing.conftest import boss, offer, price, tier, upper  # noqa: F401
from tests.memberships.conftest import letterbox, standin, standin_process  # noqa: F401
from tests.memberships.process import ASKS_ONCE, DECLINED, GOOD, StandIn, free_port

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def till(standin: StandIn, live_server: Any, settings: Any) -> Iterator[StandIn]:  # noqa: F811
    """Its messages go to the door of the site that the browser sees."""
    settings.SITE_URL, settings.BILLING_AUTOMATIC_TAX = live_server.url, True
    settings.PAYMENT_TARGETS = [standin.base, standin.base.replace("127.0.0.1", "localhost")]
    gateway.Http.ahead = 0
    standin.do("reset", webhook=f"{live_server.url}/stripe/webhook/")
    yield standin
    gateway.Http.ahead = 0


def worked(till: StandIn) -> None:
    """The messages came by themselves; this is the worker."""
    till.do("wait")
    while work_inbox():
        pass


def press(page: Any, selector: str) -> None:
    tab_to(page, selector)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def choose(page: Any, card: str) -> None:
    """A radio button is reached by Tab as a group, and chosen with the arrows."""
    tab_to(page, "[name=card]:checked")
    for _step in range(12):
        if page.locator(f"[name=card][value='{card}']").is_checked():
            return
        page.keyboard.press("ArrowDown")
    raise AssertionError(f"the arrows never came to {card}")


def to_the_till(page: Any, tier: Tier) -> None:  # noqa: F811
    page.goto("/c/demo/tiers/")
    press(page, f"[aria-labelledby=tier-{tier.pk}] form[data-verb='checkout.begun'] button")
    page.wait_for_url("**/c/pay/**")


def test_a_step_is_bought_raised_ended_resumed_and_over(
    till,
    tier,  # noqa: F811
    upper,  # noqa: F811
    member,
    publish,
    browse,
) -> None:
    post = publish("For insiders", rung=20, source="The ink is soy.")
    page = browse(member)
    page.goto(post.url)
    assert "The ink is soy." not in page.content()
    press(page, f"main a[href='/c/demo/tiers/#tier-{tier.pk}']")
    to_the_till(page, tier)
    assert "Tax 20 % (included)" in page.inner_text("table")
    page.fill("[name=name]", "Mem Ber")

    choose(page, DECLINED)
    press(page, "button[value=pay]")
    page.get_by_role("alert").wait_for()
    choose(page, ASKS_ONCE)
    press(page, "button[value=pay]")
    page.get_by_text("Your bank asks: is it you?").wait_for()
    press(page, "button[value=pass]")
    page.wait_for_url("**/checkout/paid/**")
    page.get_by_role("heading", name="Welcome to Insider").wait_for()
    page.goto(post.url)
    assert "The ink is soy." in page.content()
    worked(till)

    page.goto("/me/money/")
    press(page, "a[href^='/me/money/'][href$='/change/']")
    press(page, f"main .rows a[href='?price={upper.prices.get(interval='month').pk}']")
    words = page.inner_text("main .panel")
    due = words.split("Due now, tax included: ")[1].split(".", 2)
    shown = f"{due[0]}.{due[1][:2]}"
    press(page, "form[data-verb='subscription.changed'] button")
    page.get_by_text("is yours now.").wait_for()
    worked(till)
    bill = Invoice.objects.latest("created_at", "pk")
    assert f"€{bill.total // 100}.{bill.total % 100:02d}" == shown
    sub = Subscription.objects.get()
    raised = (sub.price.tier.level, sub.price.interval)

    def end(why: str) -> None:
        page.goto("/me/money/")
        press(page, "a[href^='/me/money/'][href$='/end/']")  # the first click
        tab_to(page, "#id_why")
        page.keyboard.type(why)
        press(page, "form[data-verb='subscription.ending'] button")  # and the second
        page.get_by_text("Ended.").wait_for()

    end("It costs")
    assert Leaving.objects.get().why == "price"
    press(page, "form[data-verb='subscription.resumed'] button")
    page.get_by_text("It goes on as before.").wait_for()
    assert not Leaving.objects.exists()
    end("I got")
    worked(till)
    sub.refresh_from_db()
    assert (sub.cancel_at, raised) == (sub.period_end, (sub.price.tier.level, sub.price.interval))
    page.goto(post.url)
    assert "The ink is soy." in page.content()  # what was paid for is open to its end

    over = sub.cancel_at + dt.timedelta(minutes=1)
    with time_machine.travel(over):  # our clock alone: no message is needed for the end
        page = browse(member)  # a session does not last a month
        page.goto(post.url)
        assert page.locator("a[href='/me/news/']").count() > 0 and "The ink is soy." not in page.content()
    till.do("advance", to=int(over.timestamp()))
    worked(till)
    sub.refresh_from_db()
    assert (sub.status, Leaving.objects.get().why) == ("canceled", "done")
    page.goto(post.url)
    assert "The ink is soy." not in page.content()
    page.goto("/me/money/")
    assert "ended" in page.inner_text("main .rows")
    assert set(StripeEvent.objects.values_list("status", flat=True)) <= {"done", "ignored"}


def test_a_tab_that_is_closed_after_paying_still_ends_in_access(
    till,
    tier,  # noqa: F811
    member,
    publish,
    browse,
    settings,
) -> None:
    """The way back leads nowhere, as if the line had gone dead that moment."""
    settings.SITE_URL = f"http://127.0.0.1:{free_port()}"
    post = publish("For insiders", rung=20, source="The ink is soy.")
    page = browse(member)
    to_the_till(page, tier)
    page.fill("[name=name]", "Mem Ber")
    choose(page, GOOD)
    tab_to(page, "button[value=pay]")
    with page.expect_event("requestfailed", lambda request: "/checkout/paid/" in request.url):
        page.keyboard.press("Enter")
    context = page.context
    page.close()
    assert not Subscription.objects.exists()
    worked(till)
    later = context.new_page()
    later.goto(post.url)
    assert "The ink is soy." in later.content()
