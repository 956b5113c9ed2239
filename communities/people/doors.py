"""The forms of signing in and signing up: allauth's own, with the limits of the house and the same work for known and unknown.

`ACCOUNT_FORMS` and `MFA_FORMS` in the settings name them.
"""

from typing import Any

from allauth.account import forms as account
from allauth.account.internal.flows.reauthentication import raise_if_reauthentication_required
from allauth.account.utils import get_next_redirect_url
from allauth.core import context
from allauth.core.internal.ratelimit import get_ip
from allauth.mfa.adapter import get_adapter as get_mfa_adapter
from allauth.mfa.base import forms as mfa
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn import forms as webauthn
from django import forms
from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from communities.people import arrivals
from communities.people.actions import forget_what_was_unproven, start_over, use_code
from communities.people.limits import CODES_ON_ACCOUNT, SIGN_UPS, TRIES, TRIES_OF_NETWORK, Limit, Seat, TooOften
from communities.people.models import User, owners_of
from communities.people.throttle import slow_down, too_often


def seat_for(what: str, who: object, *on_account: Limit) -> Seat:
    """One try of this network with this account; ValidationError with a sentence, and a 429, where that was too often."""
    network = get_ip(context.request)
    try:
        seat = Seat().take(TRIES, what, network, who).take(TRIES_OF_NETWORK, what, network)
        for limit in on_account:
            seat.take(limit, what, who)
        return seat
    except TooOften as refused:
        raise slow_down(context.request, refused) from refused


class SignupForm(account.SignupForm):
    """Carries besides where somebody came from; the page's script fills it in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in arrivals.FIELDS:
            self.fields[name] = forms.CharField(required=False, widget=forms.HiddenInput)

    def custom_signup(self, request: HttpRequest, user: User) -> None:
        arrivals.remember_arrival(user, self.cleaned_data, next_page=get_next_redirect_url(request) or "")

    def validate_unique_email(self, value: str) -> str:
        """An address that somebody else only wrote down as their next one keeps nobody out."""
        email: str = super().validate_unique_email(value)
        self.account_already_exists = bool(owners_of(email))
        return email

    def try_save(self, request: HttpRequest) -> tuple[Any, Any]:
        """An address that is taken costs the same as a new one: a place under the limit, a hash, a letter."""
        try:
            Seat().take(SIGN_UPS, get_ip(request))
        except TooOften as refused:
            return None, too_often(request, refused.wait)
        if not self.account_already_exists:
            try:
                with transaction.atomic():
                    return super().try_save(request)
            except IntegrityError:  # the same address signed up in this very moment
                self.account_already_exists = True
        make_password(self.cleaned_data["password1"])
        return super().try_save(request)


class ResetPasswordForm(account.ResetPasswordForm):
    def clean_email(self) -> str:
        seat_for("reset", self.cleaned_data["email"])
        email: str = super().clean_email()
        self.users = [user for user in owners_of(email) if user.is_active]
        return email


class RequestLoginCodeForm(account.RequestLoginCodeForm):
    def clean_email(self) -> str:
        seat_for("code", self.cleaned_data["email"])
        email: str = super().clean_email()
        self._user = next((user for user in owners_of(email) if user.is_active), None)
        return email


class ConfirmLoginCodeForm(account.ConfirmLoginCodeForm):
    def clean_code(self) -> str:
        login = context.request._login_stage.login
        seat = seat_for("code typed", login.email)
        code = super().clean_code()
        seat.give_back()
        if login.user is not None:
            forget_what_was_unproven(login.user)
        return code


class ResetPasswordKeyForm(account.ResetPasswordKeyForm):
    def save(self) -> None:
        start_over(self.user)
        super().save()


class ChangePasswordForm(account.ChangePasswordForm):
    def clean_oldpassword(self) -> str:
        assert self.user is not None
        seat = seat_for("password", self.user.email)
        password = super().clean_oldpassword()
        seat.give_back()
        return password


class SetPasswordForm(account.SetPasswordForm):
    def clean(self) -> Any:
        """Who signs in with codes has no old password to be asked for: signing in must have been just now."""
        raise_if_reauthentication_required(context.request, app="allauth.account")
        return super().clean()


class CodeForm(mfa.BaseAuthenticateForm):
    """The second step with an app or a recovery code. Each code counts once, whatever became of the cache."""

    def clean_code(self) -> str:
        seat = seat_for("second", self.user.pk, CODES_ON_ACCOUNT)
        code: str = super().clean_code()
        if self.authenticator.type == Authenticator.Type.TOTP and not use_code(self.authenticator):
            raise get_mfa_adapter().validation_error("incorrect_code")
        seat.give_back()
        return code


class AuthenticateForm(CodeForm, mfa.AuthenticateForm):
    pass


class ReauthenticateForm(CodeForm, mfa.ReauthenticateForm):
    pass


class AddWebAuthnForm(webauthn.AddWebAuthnForm):
    """A passkey signs in by itself unless one says otherwise."""

    name = forms.CharField(label=_("What to call it"), required=False, max_length=60)
    passwordless = forms.BooleanField(
        label=_("Sign in with it alone, without a password"), required=False, initial=True
    )
