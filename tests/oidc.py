"""A small OpenID provider of our own on loopback: real HTTP, real signatures, and whatever it is told to say about somebody."""

import base64
import hashlib
import json
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT, SECRET = "hearth", "a secret between the two"


def number(value: int) -> str:
    return base64.urlsafe_b64encode(value.to_bytes((value.bit_length() + 7) // 8, "big")).rstrip(b"=").decode()


@dataclass
class Provider:
    """person: what it says about whoever signs in there. key signs; shown is the key that it shows to the world.

    claims: what its tokens say besides or instead. asked: the paths that were asked for. broken: paths that answer 500.
    """

    person: dict[str, Any] = field(default_factory=dict)
    claims: dict[str, Any] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    broken: set[str] = field(default_factory=set)
    url: str = ""

    def __post_init__(self) -> None:
        self.key = self.shown = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.codes: dict[str, dict[str, Any]] = {}

    def token(self) -> str:
        now = int(time.time())
        claims = {"iss": self.url, "aud": CLIENT, "sub": self.person["sub"], "iat": now, "exp": now + 60}
        return jwt.encode(claims | self.claims, self.key, algorithm="RS256", headers={"kid": "one"})

    def keys(self) -> dict[str, Any]:
        public = self.shown.public_key().public_numbers()
        return {
            "keys": [
                {"kty": "RSA", "kid": "one", "alg": "RS256", "use": "sig", "n": number(public.n), "e": number(public.e)}
            ]
        }

    def discovery(self) -> dict[str, Any]:
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "userinfo_endpoint": f"{self.url}/userinfo",
            "jwks_uri": f"{self.url}/jwks",
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        }


class Handler(BaseHTTPRequestHandler):
    provider: Provider

    def log_message(self, *_args: Any) -> None:
        pass

    def say(self, what: Any, status: int = 200) -> None:
        body = json.dumps(what).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self) -> None:
        path, query = urlsplit(self.path).path, parse_qs(urlsplit(self.path).query)
        self.provider.asked.append(path)
        if path in self.provider.broken:
            self.say({}, 500)
        elif path == "/.well-known/openid-configuration":
            self.say(self.provider.discovery())
        elif path == "/jwks":
            self.say(self.provider.keys())
        elif path == "/authorize":
            self.authorize({name: values[0] for name, values in query.items()})
        elif path == "/userinfo" and self.headers["Authorization"] == "Bearer open sesame":
            self.say(self.provider.person)
        else:
            self.say({}, 404)

    def authorize(self, asked: dict[str, str]) -> None:
        """Whoever comes is signed in at once and sent back with a code."""
        code = f"code-{len(self.provider.codes)}"
        self.provider.codes[code] = asked
        self.send_response(302)
        self.send_header("Location", f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_POST(self) -> None:
        self.provider.asked.append(self.path)
        body = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        form = {name: values[0] for name, values in body.items()}
        asked = self.provider.codes.pop(form.get("code", ""), None)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        right = asked and (form["client_id"], form["client_secret"]) == (CLIENT, SECRET)
        if not right or self.path in self.provider.broken or asked is None or asked["code_challenge"] != challenge:
            self.say({"error": "invalid_grant"}, 400)
            return
        self.say({"access_token": "open sesame", "token_type": "Bearer", "id_token": self.provider.token()})


def serve(provider: Provider) -> ThreadingHTTPServer:
    """Runs until .shutdown()."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Own", (Handler,), {"provider": provider}))
    provider.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    return server


def settings_for(provider: Provider) -> dict[str, Any]:
    """What the environment would make of it."""
    app = {
        "provider_id": "sso",
        "name": "The Guild",
        "client_id": CLIENT,
        "secret": SECRET,
        "settings": {"server_url": provider.url, "oauth_pkce_enabled": True},
    }
    return {"SOCIALACCOUNT_PROVIDERS": {"openid_connect": {"APPS": [app]}}, "FORM_TARGETS": [provider.url]}
