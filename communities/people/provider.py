"""Signing in through one OpenID Connect provider, if the settings name one: allauth's flow with every token checked.

What comes back is believed only so far: the token's signature, issuer and audience are checked, both answers must speak of
the same person, and an address counts as confirmed only where the provider says so in so many words.
"""

from contextlib import suppress
from typing import Any

from allauth.account.internal.decorators import login_not_required
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.core.internal.ratelimit import get_ip
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter, _build_apps_from_settings
from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.internal import jwtkit
from allauth.socialaccount.models import SocialApp, SocialLogin
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from communities.people import arrivals
from communities.people.limits import SIGN_UPS, TooOften, take
from communities.people.looks import check_name, tidy
from communities.people.models import User
from communities.people.throttle import too_often

KEPT = ("sub", "email", "name")  # of all that a provider tells about somebody
ARRIVAL = "arrival"  # in the session, while somebody is away at the provider
UNREADABLE = (OSError, OAuth2Error, KeyError, TypeError, ValueError)


class Provider(OpenIDConnectOAuth2Adapter):
    def _decode_id_token(self, app: SocialApp, id_token: str) -> dict[str, Any]:
        """Signed by the provider's own key, even where the line it came over is trusted."""
        token: dict[str, Any] = jwtkit.verify_and_decode(
            credential=id_token,
            keys_url=self.openid_config["jwks_uri"],
            issuer=self.openid_config["issuer"],
            audience=app.client_id,
            lookup_kid=jwtkit.lookup_kid_jwk,
        )
        return token

    def complete_login(self, request: HttpRequest, app: SocialApp, token: Any, **kwargs: Any) -> SocialLogin:
        try:
            login = super().complete_login(request, app, token, **kwargs)
            said = login.account.extra_data
            about, signed = said["userinfo"], said["id_token"]
            if about["sub"] != signed["sub"]:
                raise OAuth2Error("The token and the answer about its owner name two people.")
        except (KeyError, TypeError, ValueError) as problem:
            raise OAuth2Error("The provider's answer cannot be read.") from problem
        login.account.extra_data = {"userinfo": {name: about[name] for name in KEPT if name in about}}
        for address in login.email_addresses:
            address.verified = about.get("email_verified") is True
        return login


class SocialAdapter(DefaultSocialAccountAdapter):
    error_messages = DefaultSocialAccountAdapter.error_messages | {
        "no_password": _("This is your only way in. Choose a password first, then you can take it away."),
        "no_verified_email": _("This is your only way in. Confirm your address first, then you can take it away."),
    }

    def list_apps(self, request: HttpRequest, provider: str | None = None, client_id: str | None = None) -> list[Any]:
        """The settings alone say who is trusted with signing people in, never a row."""
        found = _build_apps_from_settings(provider=provider, client_id=client_id)
        return [app for apps in found.values() for app in apps]

    def save_user(self, request: HttpRequest, sociallogin: SocialLogin, form: Any = None) -> User:
        try:
            take(SIGN_UPS, get_ip(request))
        except TooOften as refused:
            raise ImmediateHttpResponse(too_often(request, refused.wait)) from refused
        user: User = super().save_user(request, sociallogin, form)
        told = request.session.pop(ARRIVAL, {})
        arrivals.remember_arrival(user, told, next_page=sociallogin.state.get("next") or "")
        return user

    def populate_user(self, request: HttpRequest, sociallogin: SocialLogin, data: dict[str, Any]) -> User:
        """The name comes along where it is one that they could take here themselves."""
        user: User = super().populate_user(request, sociallogin, data)
        name = tidy(str(data.get("name") or ""))[:80]
        with suppress(ValidationError):
            check_name(name, User(pk=0))
            user.name = name
        return user


@login_not_required
def start(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Off to the provider; a GET asks first, for only a form of ours may send somebody there."""
    adapter, provider = _named(request, provider_id)
    if told := {name: request.POST[name][:300] for name in arrivals.FIELDS if request.POST.get(name)}:
        request.session[ARRIVAL] = told
    try:
        answer: HttpResponse = OAuth2LoginView.adapter_view(adapter)(request)
    except UNREADABLE as problem:
        return _failed(request, provider, problem)
    return answer


@login_not_required
def back(request: HttpRequest, provider_id: str) -> HttpResponse:
    """And back with what the provider says."""
    adapter, provider = _named(request, provider_id)
    try:
        answer: HttpResponse = OAuth2CallbackView.adapter_view(adapter)(request)
    except UNREADABLE as problem:
        return _failed(request, provider, problem)
    return answer


def _named(request: HttpRequest, provider_id: str) -> tuple[Provider, OpenIDConnectProvider]:
    adapter = Provider(request, provider_id)
    try:
        return adapter, adapter.get_provider()
    except SocialApp.DoesNotExist:
        raise Http404 from None


def _failed(request: HttpRequest, provider: OpenIDConnectProvider, problem: Exception) -> HttpResponse:
    answer: HttpResponse = render_authentication_error(request, provider, exception=problem)
    return answer
