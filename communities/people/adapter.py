"""How allauth behaves here: its mails are our rows, its redirects stay on the site, its users have lower-case addresses."""

import re
import time
from typing import Any
from urllib.parse import urlencode, urlsplit

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.internal.flows.reauthentication import get_reauthentication_flows
from allauth.account.utils import get_next_redirect_url
from allauth.core import context as current
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.core.internal.ratelimit import get_ip
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from communities.mail.actions import queue_mail
from communities.people import limits
from communities.people.actions import end_sessions, make_way
from communities.people.models import User
from communities.people.throttle import slow_down, too_often

# allauth's name for a mail -> our template
TEMPLATES = {
    "account/email/email_confirmation": "address_confirm",
    "account/email/email_confirmation_signup": "address_confirm",
    "account/email/account_already_exists": "account_exists",
    "account/email/unknown_account": "account_unknown",
    "account/email/password_reset_key": "password_reset",
    "account/email/login_code": "login_code",
}
# Everything else says that something changed in the account, in one sentence that is the subject too.
CHANGES = {
    "account/email/password_reset": _("You have a new password"),
    "account/email/password_changed": _("Your password was changed"),
    "account/email/password_set": _("Your account has a password now"),
    "account/email/email_changed": _("Your address was changed from %(from_email)s to %(to_email)s"),
    "account/email/email_deleted": _("The address %(deleted_email)s was removed from your account"),
    "account/email/email_confirm": _("Your address is confirmed"),
    "mfa/email/totp_activated": _("An authenticator app was added to your account"),
    "mfa/email/totp_deactivated": _("The authenticator app was removed from your account"),
    "mfa/email/recovery_codes_generated": _("Your account has new recovery codes"),
    "mfa/email/webauthn_added": _("A passkey was added to your account"),
    "mfa/email/webauthn_removed": _("A passkey was removed from your account"),
}
CHANGES |= {
    "socialaccount/email/account_connected": _("You can sign in through %(provider)s now"),
    "socialaccount/email/account_disconnected": _("You no longer sign in through %(provider)s"),
}
BACK = "back"  # where to after a confirmed address; `next` would skip the sign-in
UNSAFE = re.compile(r"[\x00-\x20\x7f\\]")


class AccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": _("Address and password do not belong together. Try again, or have a code sent."),
        "incorrect_password": _("That is not your password."),
        "enter_current_password": _("That is not the password you have."),
        "incorrect_code": _("That is not the code that we sent."),
        "too_many_login_attempts": _("That was often. Ask for a fresh code."),
        "duplicate_email": _("That is your address already."),
    }

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """A row in the request's transaction; a worker sends it, so that no page ever waits for a mail server."""
        values = {name: self._at_home(name, value) for name, value in context.items() if name != "request"}
        values.setdefault("login_url", settings.SITE_URL + reverse("account_login"))
        values.setdefault("password_reset_url", settings.SITE_URL + reverse("account_reset_password"))
        template = TEMPLATES.get(template_prefix)
        # What anybody can send to an address is counted; that something changed in an account is never kept back.
        if template is not None and not limits.is_free(limits.MAILS, email.lower()):
            return
        if template is None:
            sentence = CHANGES.get(template_prefix)
            values["change"] = str(sentence) % context if sentence else gettext("Something changed in your account")
            template = "account_changed"
        queue_mail(to=email, kind=template, template=template, context=values, user=context.get("user"))

    @staticmethod
    def _at_home(name: str, value: Any) -> Any:
        """Links in mails carry the host of the settings, whatever host the request claimed to be for."""
        if not name.endswith("_url") or not isinstance(value, str):
            return value
        parts = urlsplit(value)
        return settings.SITE_URL + parts.path + (f"?{parts.query}" if parts.query else "")

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """A wrong password costs this network a try with this account; nobody elsewhere is kept out by it."""
        account, network = str(credentials.get("email", "")).lower(), get_ip(request)
        try:
            self._seat = limits.take(limits.TRIES, "password", network, account)
            self._seat.take(limits.TRIES_OF_NETWORK, "password", network)
            if not _is_known(network, account):
                self._seat.take(limits.TRIES_ON_ACCOUNT, "password", account)
        except limits.TooOften as refused:
            raise slow_down(request, refused) from refused

    def _rollback_login_failed_rl_usage(self) -> None:
        """allauth's word for: the password was right."""
        self._seat.give_back()

    def should_send_confirmation_mail(self, request: HttpRequest, email_address: Any, signup: bool) -> bool:
        if not signup:
            try:
                limits.take(limits.TRIES, "confirm", get_ip(request), email_address.email)
            except limits.TooOften as refused:
                raise ImmediateHttpResponse(too_often(request, refused.wait)) from refused
        return True

    def confirm_email(self, request: HttpRequest, email_address: Any) -> bool:
        make_way(email_address)
        confirmed: bool = super().confirm_email(request, email_address)
        return confirmed

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Who has neither password nor second step cannot be asked for one; then signing in must have been just now."""
        request = current.request
        if not get_reauthentication_flows(request.user):
            records = get_authentication_records(request, request.user)
            if not records or time.time() - records[-1]["at"] > app_settings.REAUTHENTICATION_TIMEOUT:
                again = f"{reverse('people:again')}?{urlencode({'next': request.path})}"
                raise ImmediateHttpResponse(HttpResponseRedirect(again))
        required: bool = super().is_reauthentication_required(app=app, **kwargs)
        return required

    def set_password(self, user: User, password: str) -> None:
        """A new password ends every other session at once."""
        user.set_password(password)
        user.save(update_fields=["password"])
        request = current.request
        here = request.session.session_key if request.user == user else None
        end_sessions(user, but=here)

    def get_email_confirmation_url(self, request: HttpRequest, emailconfirmation: Any) -> str:
        """Who came from a page is brought back to it after the letter: the link carries it, as sign-in does."""
        url: str = super().get_email_confirmation_url(request, emailconfirmation)
        back = get_next_redirect_url(request) if request else None
        return f"{url}?{urlencode({BACK: back})}" if back else url

    def get_email_verification_redirect_url(self, email_address: Any) -> str:
        back = self.request.GET.get(BACK)
        if self.request.user.is_authenticated or not self.is_safe_url(back):
            return super().get_email_verification_redirect_url(email_address)
        return f"{reverse('account_login')}?{urlencode({'next': back})}"

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return settings.SIGNUP_OPEN

    def is_safe_url(self, url: str | None) -> bool:
        """Only a path of this site; everything else ends at home."""
        if not url or not url.startswith("/") or UNSAFE.search(url):
            return False
        return url_has_allowed_host_and_scheme(url, allowed_hosts=None)

    def get_client_ip(self, request: HttpRequest) -> str:
        """Behind fewer proxies than were promised the peer's own address counts, not an error page."""
        forwarded = [part.strip() for part in request.headers.get("x-forwarded-for", "").split(",") if part.strip()]
        proxies = settings.ALLAUTH_TRUSTED_PROXY_COUNT
        if proxies and len(forwarded) >= proxies:
            return forwarded[-proxies]
        return request.META.get("REMOTE_ADDR") or "0.0.0.0"  # noqa: S104

    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:
        """Handle and name keep their defaults; the person chooses them after the first sign-in."""
        user = super().save_user(request, user, form, commit=False)
        user.email = user.email.lower()
        if commit:
            user.save()
        return user


def _is_known(network: str, account: str) -> bool:
    """Is somebody signed in to this account from this network?"""
    return UserSession.objects.filter(user__email=account, ip=network).exists()
