"""The provider that lets people in stands in the environment, or there is none."""

import environ
import pytest

from config.oidc import provider_of


def test_without_an_issuer_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    for issuer in (None, ""):
        monkeypatch.delenv("OIDC_ISSUER", raising=False) if issuer is None else monkeypatch.setenv(
            "OIDC_ISSUER", issuer
        )
        assert provider_of(environ.Env()) == ({}, [])


def test_an_issuer_makes_one_and_names_where_forms_may_lead(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OIDC_ISSUER", "https://id.example:8443/realms/house/")
    monkeypatch.setenv("OIDC_CLIENT_ID", "hearth")
    monkeypatch.setenv("OIDC_CLIENT_SECRET", "a secret")
    monkeypatch.setenv("OIDC_ORIGINS", "https://login.example,https://more.example")
    providers, targets = provider_of(environ.Env())
    (app,) = providers["openid_connect"]["APPS"]
    assert (app["name"], app["client_id"], app["secret"]) == ("id.example", "hearth", "a secret")
    assert app["settings"]["server_url"] == "https://id.example:8443/realms/house"
    assert targets == ["https://id.example:8443", "https://login.example", "https://more.example"]
    monkeypatch.setenv("OIDC_NAME", "The Guild")
    assert provider_of(environ.Env())[0]["openid_connect"]["APPS"][0]["name"] == "The Guild"
