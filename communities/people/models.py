"""User: one account for the whole installation; roles, rungs and standing hang on Member."""

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils.crypto import get_random_string
from django.utils.timezone import now
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from communities.files.models import new_token
from communities.people.names import shape_of


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
    """Signed in with by e-mail address; known by name and handle.

    handle_shape: what the handle looks like at a glance (`names.shape_of`), so that nobody is taken for somebody else.
    face_token: the file that is their face, "" for the drawn one. bell_at, bell_seen_at: when the newest notification
    came and when they last looked, so that a page knows without a query; bell_rev grows with both. blocks_at: when they
    last blocked somebody or took it back; what was kept for them before is over. left_at: the account is closed, the row
    a tombstone.
    """

    email = models.EmailField(_("e-mail address"), unique=True)
    handle = models.CharField(
        _("handle"),
        max_length=30,
        unique=True,
        default=spare_handle,
        validators=[RegexValidator(r"^[a-z0-9][a-z0-9_-]{1,29}$", _("2 to 30 letters, digits, - and _."))],
    )
    handle_shape = models.CharField(max_length=30, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=80, blank=True)
    bio = models.CharField(_("about you"), max_length=300, blank=True)
    timezone = models.CharField(_("time zone"), max_length=64, blank=True)
    face_token = models.CharField(max_length=32, blank=True, editable=False)
    bell_at = models.DateTimeField(null=True, blank=True, editable=False)
    bell_seen_at = models.DateTimeField(null=True, blank=True, editable=False)
    bell_rev = models.PositiveIntegerField(default=0, editable=False)
    blocks_at = models.DateTimeField(null=True, blank=True, editable=False)
    left_at = models.DateTimeField(null=True, blank=True, editable=False)
    scheme = models.CharField(_("appearance"), max_length=5, choices=Scheme, blank=True, default=Scheme.SYSTEM)
    unseen = models.BooleanField(_("do not show others when I am here"), default=False)
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
        """A closed account has no name: it is said in the reader's language that somebody left."""
        return gettext("Somebody who left") if self.left_at else self.name or self.handle

    def get_full_name(self) -> str:
        return str(self)

    @property
    def short_name(self) -> str:
        return str(self).split()[0]

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.handle_shape = shape_of(self.handle)
        fields = kwargs.get("update_fields")
        if fields is not None and "handle" in fields:
            kwargs["update_fields"] = {*fields, "handle_shape"}
        super().save(*args, **kwargs)

    @property
    def has_news(self) -> bool:
        """Has something arrived since they last looked at the bell?"""
        return self.bell_at is not None and (self.bell_seen_at is None or self.bell_at > self.bell_seen_at)

    @property
    def face_seed(self) -> int:
        """What the drawn face is drawn from; it stays when name and handle change, and all who left share one."""
        return 0 if self.left_at else self.pk or 0


class Profile(models.Model):
    """What people say about themselves beyond name and face. `seen_by`: field -> one of access.circles; `showing` reads it."""

    FIELDS = ("bio", "pronouns", "work", "place", "website")

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="profile")
    pronouns = models.CharField(_("pronouns"), max_length=40, blank=True)
    work = models.CharField(_("what you do"), max_length=80, blank=True)
    place = models.CharField(_("where you are"), max_length=80, blank=True)
    website = models.URLField(_("website"), max_length=200, blank=True)
    seen_by = models.JSONField(default=dict, blank=True)

    def __str__(self) -> str:
        return f"profile of {self.user_id}"

    @classmethod
    def label(cls, name: str) -> str:
        """What one of FIELDS is called where people read it."""
        field: Any = (User if name == "bio" else cls)._meta.get_field(name)
        return str(field.verbose_name)


class OldHandle(models.Model):
    """A handle that somebody had: it stays theirs and leads to them, so that old links and mentions go on working.

    shape: as User.handle_shape; nobody else becomes its twin.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="old_handles")
    handle = models.CharField(max_length=30, unique=True)
    shape = models.CharField(max_length=30, db_index=True, editable=False)
    until = models.DateTimeField(default=now)

    def __str__(self) -> str:
        return self.handle


class Arrival(models.Model):
    """Where somebody first landed and what brought them, as their own browser told when they signed up. No address, no device."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="arrival")
    landing = models.CharField(max_length=300, blank=True)
    referrer = models.CharField(max_length=200, blank=True)
    source = models.CharField(max_length=80, blank=True)
    medium = models.CharField(max_length=80, blank=True)
    campaign = models.CharField(max_length=80, blank=True)
    landed_at = models.DateTimeField(null=True, blank=True)
    at = models.DateTimeField(default=now)

    def __str__(self) -> str:
        return f"{self.user_id} came by {self.landing}"


class Closing(models.Model):
    """Somebody wants to leave: the account closes at `due_at` unless they say otherwise until then. The row stays as the log.

    next_at: the worker's next look (or the end of its lease). begun_at: from here on there is no way back. told_at: when
    they were told that something has to end first.
    """

    class How(models.TextChoices):
        ANONYMISE = "anonymise", _("keep what I wrote, without my name")
        ERASE = "erase", _("erase what I wrote as well")

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="closing")
    how = models.CharField(_("how"), max_length=9, choices=How)
    asked_at = models.DateTimeField(_("asked"), default=now)
    due_at = models.DateTimeField(_("closes"))
    next_at = models.DateTimeField(default=now)
    attempts = models.PositiveSmallIntegerField(_("tries"), default=0)
    told_at = models.DateTimeField(_("told what has to end first"), null=True, blank=True)
    begun_at = models.DateTimeField(_("begun"), null=True, blank=True)
    done_at = models.DateTimeField(_("closed"), null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["next_at"], name="closing_due", condition=models.Q(done_at__isnull=True))]

    def __str__(self) -> str:
        return f"{self.user_id} leaves on {self.due_at:%Y-%m-%d}"


class Export(models.Model):
    """A zip of everything about one person; made by the worker in steps, kept for a day, for nobody else.

    handed: support asked for it, since the person cannot sign in; the link in their mail opens it by itself.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("being packed")
        READY = "ready", _("ready")
        FAILED = "failed", _("failed")

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="exports")
    token = models.CharField(max_length=32, unique=True, default=new_token)
    state = models.CharField(_("state"), max_length=7, choices=State, default=State.WAITING)
    handed = models.BooleanField(_("asked for by support"), default=False)
    path = models.CharField(max_length=200, blank=True)
    bytes = models.BigIntegerField(_("bytes"), default=0)
    attempts = models.PositiveSmallIntegerField(_("tries"), default=0)
    next_at = models.DateTimeField(default=now)
    asked_at = models.DateTimeField(_("asked"), default=now)
    ready_at = models.DateTimeField(_("ready"), null=True, blank=True)
    expires_at = models.DateTimeField(_("deleted"), null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["state", "next_at"], name="export_due")]
        constraints = [
            models.UniqueConstraint(fields=["user"], condition=models.Q(state="waiting"), name="export_one_at_a_time"),
        ]

    def __str__(self) -> str:
        return f"export of {self.user_id}: {self.state}"


def owners_of(email: str) -> list[User]:
    """Whose address this is: confirmed, or the one they signed up with. Never who only wants to change to it."""
    confirmed = models.Q(emailaddress__email=email.lower(), emailaddress__verified=True)
    return list(User.objects.filter(models.Q(email=email.lower()) | confirmed).distinct())


def display_name(user: User) -> str:
    """allauth's name for somebody in its mails and pages."""
    return str(user)
