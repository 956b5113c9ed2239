"""The OpenID Connect provider that the environment names, as allauth wants to hear of it."""

from typing import Any
from urllib.parse import urlsplit

import environ


def provider_of(env: environ.Env) -> tuple[dict[str, Any], list[str]]:
    """(SOCIALACCOUNT_PROVIDERS, the sites that a form of the account pages may lead to); both empty without an issuer."""
    issuer = env.str("OIDC_ISSUER", default="").rstrip("/")
    if not issuer:
        return {}, []
    parts = urlsplit(issuer)
    app = {
        "provider_id": "sso",
        "name": env.str("OIDC_NAME", default="") or parts.hostname,
        "client_id": env.str("OIDC_CLIENT_ID"),
        "secret": env.str("OIDC_CLIENT_SECRET", default=""),
        "settings": {"server_url": issuer, "oauth_pkce_enabled": True},
    }
    return {"openid_connect": {"APPS": [app]}}, [
        f"{parts.scheme}://{parts.netloc}",
        *env.list("OIDC_ORIGINS", default=[]),
    ]
