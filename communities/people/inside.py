"""The forms of one's own account: passwords, the next address, and the second step with its code. `MFA_FORMS` names them too."""

from typing import Any

from allauth.account import forms as account
from allauth.account.internal.flows.reauthentication import raise_if_reauthentication_required
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.adapter import get_adapter as get_mfa_adapter
from allauth.mfa.base import forms as mfa
from allauth.mfa.models import Authenticator
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from django import forms
from django.utils.translation import gettext_lazy as _

from communities.people.actions import use_code
from communities.people.browsers import browser_of
from communities.people.doors import CODE, NEW_PASSWORD, Worded, seat_for
from communities.people.limits import CODES_ON_ACCOUNT
from communities.people.models import User


class SecondStep(DefaultMFAAdapter):
    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _("That code is not right, or was used already. Wait for the next one."),
    }

    def generate_authenticator_name(self, user: User, type: Any) -> str:
        """A passkey is called after the browser that made it, until somebody calls it otherwise."""
        return browser_of(context.request.META.get("HTTP_USER_AGENT", ""))


class ReauthenticatePasswordForm(Worded, account.ReauthenticateForm):
    pass


class AddEmailForm(Worded, account.AddEmailForm):
    words = {"email": (_("Your new address"), "")}


class ActivateTOTPForm(Worded, totp.ActivateTOTPForm):
    words = {"code": (_("The six digits that it shows"), "")}


class ChangePasswordForm(Worded, account.ChangePasswordForm):
    words = NEW_PASSWORD | {"oldpassword": (_("The password you have"), "")}

    def clean_oldpassword(self) -> str:
        assert self.user is not None
        seat = seat_for("password", self.user.email)
        password = super().clean_oldpassword()
        seat.give_back()
        return password


class SetPasswordForm(Worded, account.SetPasswordForm):
    words = NEW_PASSWORD | {"password1": (_("A password"), NEW_PASSWORD["password1"][1])}

    def clean(self) -> Any:
        """Who signs in with codes has no old password to be asked for: signing in must have been just now."""
        raise_if_reauthentication_required(context.request, app="allauth.account")
        return super().clean()


class CodeForm(Worded, mfa.BaseAuthenticateForm):
    """The second step with an app or a recovery code. Each code counts once, whatever became of the cache."""

    words = CODE

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


class AddWebAuthnForm(Worded, webauthn.AddWebAuthnForm):
    """A passkey signs in by itself unless one says otherwise."""

    name = forms.CharField(label=_("What to call it"), required=False, max_length=60)
    passwordless = forms.BooleanField(
        label=_("Sign in with it alone, without a password"), required=False, initial=True
    )
