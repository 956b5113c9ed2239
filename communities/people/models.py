"""User: one account for the whole installation; roles, rungs and standing hang on Member."""

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils.crypto import get_random_string
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _


def spare_handle() -> str:
    """A handle for somebody who has not chosen one; it says nothing about the person."""
    return "reader-" + get_random_string(8, "abcdefghjkmnpqrstuvwxyz23456789")


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class Scheme(models.TextChoices):
    SYSTEM = "", _("as my device")
    LIGHT = "light", _("light")
    DARK = "dark", _("dark")


class User(AbstractBaseUser, PermissionsMixin):
    """Signed in with by e-mail address; known by name and handle."""

    email = models.EmailField(_("e-mail address"), unique=True)
    handle = models.CharField(
        _("handle"),
        max_length=30,
        unique=True,
        default=spare_handle,
        validators=[RegexValidator(r"^[a-z0-9][a-z0-9_-]{1,29}$", _("2 to 30 letters, digits, - and _."))],
    )
    name = models.CharField(_("name"), max_length=80, blank=True)
    bio = models.CharField(_("about you"), max_length=300, blank=True)
    timezone = models.CharField(_("time zone"), max_length=64, blank=True)
    scheme = models.CharField(_("appearance"), max_length=5, choices=Scheme, blank=True, default=Scheme.SYSTEM)
    is_staff = models.BooleanField(_("may enter the admin"), default=False)
    is_active = models.BooleanField(_("may sign in"), default=True)
    date_joined = models.DateTimeField(_("joined"), default=now)

    objects: ClassVar[UserManager] = UserManager()

    EMAIL_FIELD = USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [
            models.UniqueConstraint(Lower("email"), name="user_email_once"),
            models.UniqueConstraint(Lower("handle"), name="user_handle_once"),
        ]

    def __str__(self) -> str:
        return self.name or self.handle

    def get_full_name(self) -> str:
        return str(self)

    @property
    def short_name(self) -> str:
        return str(self).split()[0]

    @property
    def face_seed(self) -> int:
        """What the drawn face is drawn from; it stays when name and handle change."""
        return self.pk or 0


def display_name(user: User) -> str:
    """allauth's name for somebody in its mails and pages."""
    return str(user)
