"""The forms of coming in: allauth's own, in our words, with the limits of the house and the same work for known and unknown.

`ACCOUNT_FORMS` in the settings names them.
"""

from typing import Any, ClassVar

from allauth.account import forms as account
from allauth.account.utils import get_next_redirect_url
from allauth.core import context
from allauth.core.internal.ratelimit import get_ip
from django import forms
from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from communities.people import arrivals
from communities.people.actions import forget_what_was_unproven, start_over
from communities.people.limits import SIGN_UPS, TRIES, TRIES_OF_NETWORK, Limit, Seat, TooOften
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


class Worded:
    """The words of the house at allauth's fields: name -> (label, help). What stands in an empty box is left out."""

    words: ClassVar[dict[str, tuple[Any, Any]]] = {}
    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            if name in self.words:
                field.label, field.help_text = self.words[name]


ADDRESS = {"email": (_("E-mail address"), "")}
NEW_PASSWORD: dict[str, tuple[Any, Any]] = {
    "password1": (
        _("A new password"),
        _("Ten letters, digits or signs at least; three or four words in a row are good."),
    ),
    "password2": (_("The same once more"), ""),
}
CODE: dict[str, tuple[Any, Any]] = {"code": (_("The code"), "")}


class LoginForm(Worded, account.LoginForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("E-mail address")


class SignupForm(Worded, account.SignupForm):
    """Carries besides where somebody came from; the page's script fills it in."""

    words = ADDRESS | {"password1": (_("A password"), NEW_PASSWORD["password1"][1])}

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


class ResetPasswordForm(Worded, account.ResetPasswordForm):
    words = ADDRESS

    def clean_email(self) -> str:
        seat_for("reset", self.cleaned_data["email"])
        email: str = super().clean_email()
        self.users = [user for user in owners_of(email) if user.is_active]
        return email


class RequestLoginCodeForm(Worded, account.RequestLoginCodeForm):
    words = ADDRESS

    def clean_email(self) -> str:
        seat_for("code", self.cleaned_data["email"])
        email: str = super().clean_email()
        self._user = next((user for user in owners_of(email) if user.is_active), None)
        return email


class ConfirmLoginCodeForm(Worded, account.ConfirmLoginCodeForm):
    words = CODE

    def clean_code(self) -> str:
        login = context.request._login_stage.login
        seat = seat_for("code typed", login.email)
        code = super().clean_code()
        seat.give_back()
        if login.user is not None:
            forget_what_was_unproven(login.user)
        return code


class ResetPasswordKeyForm(Worded, account.ResetPasswordKeyForm):
    words = NEW_PASSWORD

    def save(self) -> None:
        start_over(self.user)
        super().save()
