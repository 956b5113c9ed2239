"""Which Stripe is spoken to: worked out from the key, and refused in one sentence that holds no key."""

import pytest

from memberships.billing.modes import Misconfigured, settle

SECRETS = ["whsec_one"]


def test_a_demo_without_a_key_speaks_to_the_stand_in_one_port_up() -> None:
    it = settle(demo=True, port=8000)
    assert (it.mode, it.key, it.secrets, it.base) == (
        "standin",
        "sk_test_standin_demo",
        ("whsec_demo",),
        "http://127.0.0.1:8001",
    )


def test_a_real_installation_without_a_key_sells_nothing() -> None:
    it = settle(demo=False, port=8000)
    assert (it.mode, it.key, it.secrets, it.base) == ("off", "", (), "")


def test_off_wins_over_a_key() -> None:
    assert settle(demo=True, port=8000, mode="off", key="sk_test_x", secrets=SECRETS).key == ""


@pytest.mark.parametrize(
    ("key", "mode"),
    [("sk_test_abc", "test"), ("rk_test_abc", "test"), ("sk_live_abc", "live"), ("rk_live_abc", "live")],
)
def test_the_mode_is_read_from_the_key(key: str, mode: str) -> None:
    assert settle(demo=False, port=8000, key=key, secrets=SECRETS).mode == mode
    assert settle(demo=False, port=8000, key=key, mode=mode, secrets=SECRETS).mode == mode


def test_two_secrets_stand_while_one_replaces_the_other() -> None:
    assert settle(demo=False, port=1, key="sk_test_a", secrets=["", "whsec_new", "whsec_old "]).secrets == (
        "whsec_new",
        "whsec_old",
    )


def test_a_test_key_may_have_another_address() -> None:
    assert settle(demo=False, port=1, key="sk_test_a", secrets=SECRETS, base="http://x").base == "http://x"


REFUSALS = [
    ({"mode": "production"}, "STRIPE_MODE is off, standin, test or live."),
    ({"mode": "live"}, "STRIPE_API_KEY is missing."),
    ({"secrets": SECRETS, "demo": False}, "STRIPE_API_KEY is missing."),
    ({"key": "sk_live_abc", "mode": "test", "secrets": SECRETS}, "a key for live"),
    ({"key": "pk_live_abc", "secrets": SECRETS}, "no secret or restricted key"),
    ({"key": "sk_live_abc", "secrets": SECRETS}, "does not start with a live"),
    ({"key": "sk_live_abc", "secrets": SECRETS, "demo": False, "base": "http://x"}, "STRIPE_API_BASE is for tests"),
    ({"key": "sk_test_standin_demo", "secrets": SECRETS, "demo": False}, "stand-in is for the demo"),
    ({"key": "sk_live_abc", "demo": False}, "STRIPE_WEBHOOK_SECRET is missing"),
    ({"key": "sk_test_abc", "demo": False, "secrets": ["", " "]}, "STRIPE_WEBHOOK_SECRET is missing"),
    ({"key": "sk_test_abc", "secrets": ["secret"]}, "begins with whsec_"),
    ({"key": "sk_test_abc", "secrets": ["whsec_1", "whsec_2", "whsec_3"]}, "two secrets at most"),
]


@pytest.mark.parametrize(("given", "sentence"), REFUSALS)
def test_what_cannot_be_is_refused_in_one_sentence(given: dict, sentence: str) -> None:
    with pytest.raises(Misconfigured) as refused:
        settle(**{"demo": True, "port": 8000, **given})
    assert sentence in str(refused.value)
    assert str(given.get("key") or "no key") not in str(refused.value)


def test_the_key_is_not_in_what_is_printed() -> None:
    it = settle(demo=False, port=1, key="sk_live_hidden", secrets=["whsec_hidden"])
    assert "hidden" not in repr(it)
