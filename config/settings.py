"""Every setting of Hearth, read once from the environment; the same file serves the demo, the tests and production."""

import hashlib
from typing import Any
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from communities.ui.logs import logging_of
from config.bootstrap import ROOT
from config.datafolder import MODES, DataFolder
from config.oidc import provider_of
from memberships.billing.modes import Misconfigured, basis_points, pages_of, settle

env = environ.Env()

# --- state: one folder holds everything that is not code -------------------------------------------------------------
_folder = DataFolder.from_environment()
HEARTH_DATA = _folder.path
# A folder that remembers nothing is live, so that nobody gets demo accounts by accident.
HEARTH_MODE = env.str("HEARTH_MODE", default="") or _folder.remembered("mode", "live")
if HEARTH_MODE not in MODES:
    raise ImproperlyConfigured("HEARTH_MODE is either demo or live.")
DEMO = HEARTH_MODE == "demo"
PORT = env.int("PORT", default=int(_folder.remembered("port", "8000")))
SITE_URL = env.str("SITE_URL", default=f"http://localhost:{PORT}").rstrip("/")
SECURE = SITE_URL.startswith("https://")
BRAND = env.str("HEARTH_BRAND", default="Hearth")

# Commands that need no data (collectstatic in an image, checks) run without a key that could protect anything.
_no_key = "insecure-no-data-folder-yet-" + "0" * 40
SECRET_KEY = env.str("SECRET_KEY", default="") or _folder.remembered("secret_key", _no_key)
DEBUG = False
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[SITE_URL])
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
ASGI_APPLICATION = "config.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
SITE_ID = 1

INSTALLED_APPS = [
    "config.apps.HearthConfig",
    "config.apps.HearthAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "communities.access",
    "communities.activity",
    "communities.live",
    "communities.ui",
    "communities.mail",
    "communities.files",
    "communities.people",
    "communities.spaces",
    "communities.members",
    "communities.safety",
    "communities.reactions",
    "communities.embeds",
    "communities.comments",
    "communities.notifications",
    "communities.discussion",
    "memberships.tiers",
    "memberships.billing",
    "content.posts",
    "content.search",
]

MIDDLEWARE = [
    "config.health.Vitals",
    "communities.ui.headers.SecurityHeaders",
    "communities.ui.pagecache.PageCache",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "communities.ui.headers.DatabaseDown",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "communities.people.throttle.Throttle",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "communities.access.middleware.ViewerMiddleware",
    "communities.safety.middleware.Suspensions",
    "communities.members.middleware.Agreement",
    "communities.members.middleware.Visits",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    ["django.template.loaders.filesystem.Loader", "django.template.loaders.app_directories.Loader"],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "communities.ui.context.page",
            ],
        },
    }
]

# --- database: SQLite inside the data folder, PostgreSQL by DATABASE_URL ----------------------------------------------
_database_url = env.str("DATABASE_URL", default="")  # an empty one, as compose files pass it, is none
DATABASES: dict[str, dict[str, Any]] = {
    "default": env.db_url_config(_database_url)
    if _database_url
    else {"ENGINE": "django.db.backends.sqlite3", "NAME": HEARTH_DATA / "hearth.sqlite3"}
}
if "sqlite3" in DATABASES["default"]["ENGINE"]:
    # IMMEDIATE makes a writer wait for its turn instead of failing halfway; WAL lets readers go on meanwhile.
    DATABASES["default"]["OPTIONS"] = {
        "timeout": 20,
        "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-32000; PRAGMA mmap_size=134217728;",
    }
    # On disk: threads of a test see each other as processes do, which a database in memory does not give.
    DATABASES["default"]["TEST"] = {"NAME": str(HEARTH_DATA / "test.sqlite3")}
else:
    DATABASES["default"]["OPTIONS"] = {
        "connect_timeout": 3,
        "options": "-c jit=off -c statement_timeout=15000 -c lock_timeout=4000 -c idle_in_transaction_session_timeout=60000",
    }
DATABASES["default"]["CONN_MAX_AGE"] = 600
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True

# --- Redis: broker and cache; pages go on without it -------------------------------------------------------------------
REDIS_URL = env.str("REDIS_URL", default="") or _folder.remembered("redis_url")
# Before every key and channel: who shares a Redis shares nothing else. Its numbered databases keep keys apart, but not channels.
_own = f"{SECRET_KEY} {urlsplit(REDIS_URL).path.strip('/') or '0'}"
REDIS_MARK = "hearth-" + hashlib.sha256(_own.encode()).hexdigest()[:16]
if REDIS_URL:
    CACHES = {
        "default": {
            "BACKEND": "communities.ui.cache.ForgivingRedisCache",
            "LOCATION": REDIS_URL,
            "KEY_PREFIX": REDIS_MARK,
            "OPTIONS": {"socket_connect_timeout": 0.5, "socket_timeout": 1},
        }
    }
else:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "KEY_PREFIX": "hearth"}}
# Of this process alone: limits go on while Redis is away.
CACHES["near"] = {
    "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
    "LOCATION": "near",
    "OPTIONS": {"MAX_ENTRIES": 50_000},
}
# Sockets: one subscription a topic and process. Without Redis, open screens catch up by the counters alone.
CHANNEL_LAYERS: dict[str, dict[str, Any]] = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
if REDIS_URL:
    _host = {"address": REDIS_URL, "socket_connect_timeout": 0.5, "socket_timeout": 1, "health_check_interval": 10}
    CHANNEL_LAYERS["default"] = {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {"hosts": [_host], "prefix": REDIS_MARK},
    }
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SESSION_COOKIE_AGE = 60 * 60 * 24 * 60
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

CELERY_BROKER_URL = REDIS_URL or "memory://"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 30
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 8
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "global_keyprefix": f"{REDIS_MARK}.",
    "visibility_timeout": 45,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    "socket_timeout": 2,
    "socket_connect_timeout": 1,
    "max_retries": 1,
}

# --- people --------------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = ["communities.people.backend.Backend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_HASHERS = [f"django.contrib.auth.hashers.{name}PasswordHasher" for name in ("PBKDF2", "Scrypt")]
PASSWORD_RESET_TIMEOUT = 60 * 60
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "communities.people.adapter.AccountAdapter"
SIGNUP_OPEN = env.bool("SIGNUP_OPEN", default=True)
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_UNIQUE_EMAIL = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_CONFIRMATION_EXPIRE_DAYS = 2
ACCOUNT_CONFIRM_EMAIL_ON_GET = False
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = False
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False  # here one stays signed in; everywhere else it ends
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
# The limits of the house stand in communities/people/limits.py; what is not named here keeps allauth's.
ACCOUNT_RATE_LIMITS = dict.fromkeys(
    ("login", "login_failed", "signup", "reset_password", "request_login_code", "confirm_email", "change_password"),
    None,
) | {"reauthenticate": None}
_DOORS, _INSIDE = "communities.people.doors.", "communities.people.inside."
ACCOUNT_FORMS = {
    "login": _DOORS + "LoginForm", "signup": _DOORS + "SignupForm",
    "reset_password": _DOORS + "ResetPasswordForm", "reset_password_from_key": _DOORS + "ResetPasswordKeyForm",
    "request_login_code": _DOORS + "RequestLoginCodeForm", "confirm_login_code": _DOORS + "ConfirmLoginCodeForm",
    "change_password": _INSIDE + "ChangePasswordForm", "set_password": _INSIDE + "SetPasswordForm",
    "add_email": _INSIDE + "AddEmailForm", "reauthenticate": _INSIDE + "ReauthenticatePasswordForm",
}  # fmt: skip
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if SECURE else "http"
ACCOUNT_USER_DISPLAY = "communities.people.models.display_name"
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0)
# Signing in through one OpenID Connect provider; without an issuer there is none, and nothing of it shows.
SOCIALACCOUNT_ADAPTER = "communities.people.provider.SocialAdapter"
SOCIALACCOUNT_PROVIDERS, FORM_TARGETS = provider_of(env)
MFA_ADAPTER = "communities.people.inside.SecondStep"
MFA_FORMS = {
    "authenticate": _INSIDE + "AuthenticateForm", "reauthenticate": _INSIDE + "ReauthenticateForm",
    "activate_totp": _INSIDE + "ActivateTOTPForm", "add_webauthn": _INSIDE + "AddWebAuthnForm",
}  # fmt: skip
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True  # the next address, not yet confirmed; without a confirmed one nobody signs in at all
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not SECURE
MFA_TOTP_ISSUER = BRAND

# --- files ---------------------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = HEARTH_DATA / "static"
STATICFILES_DIRS = [ROOT / "static"]
MEDIA_ROOT = HEARTH_DATA / "media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
FILE_UPLOAD_HANDLERS = [
    "communities.files.limit.Limit",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 400
DATA_UPLOAD_MAX_NUMBER_FILES = 20
UPLOAD_MAX_BYTES = env.int("UPLOAD_MAX_MB", default=25) * 1024 * 1024
UPLOAD_QUOTA_BYTES = env.int("UPLOAD_QUOTA_MB", default=2048) * 1024 * 1024
# A proxy that delivers files itself after our answer (nginx: an internal location over the media folder); empty: we do.
FILES_ACCEL_PREFIX = env.str("FILES_ACCEL_PREFIX", default="")

# --- mail ----------------------------------------------------------------------------------------------------------------
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default=f"{BRAND} <hello@localhost>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
EMAIL_TIMEOUT = 10
MAIL_SINK = HEARTH_DATA / "mail"
if env.str("EMAIL_URL", default=""):
    vars().update(env.email("EMAIL_URL"))
else:
    EMAIL_BACKEND = "communities.mail.sink.SinkBackend"

# --- money: memberships/billing/modes.py says what goes together ---------------------------------------------------------
try:
    _stripe = settle(
        demo=DEMO,
        port=PORT,
        mode=env.str("STRIPE_MODE", default=""),
        key=env.str("STRIPE_API_KEY", default=""),
        secrets=[env.str("STRIPE_WEBHOOK_SECRET", default=""), *env.list("STRIPE_WEBHOOK_SECRETS", default=[])],
        base=env.str("STRIPE_API_BASE", default="").rstrip("/"),
    )
    # What the brand keeps of a community's income, in hundredths of a percent, where nothing else was agreed on with it.
    BRAND_SHARE = basis_points(env.str("BRAND_SHARE", default="0"))
except Misconfigured as problem:
    raise ImproperlyConfigured(str(problem)) from None
STRIPE_MODE = _stripe.mode
STRIPE_API_KEY = _stripe.key
STRIPE_WEBHOOK_SECRETS = list(_stripe.secrets)
STRIPE_API_BASE = _stripe.base
# Where the forms of the money pages may lead: Stripe's hosted pages, or the stand-in's.
PAYMENT_TARGETS = pages_of(_stripe, env.list("STRIPE_ORIGINS", default=[]))
# Days from the start of an unpaid period until its step closes; the rest is Stripe's to try again.
BILLING_GRACE_DAYS = env.int("BILLING_GRACE_DAYS", default=7)
# Does access end when a bank takes a payment back for good?
BILLING_LOST_DISPUTE_ENDS = env.bool("BILLING_LOST_DISPUTE_ENDS", default=True)
# Is the tax inside the price ("inclusive") or put on top ("exclusive")? And does Stripe work it out at all?
BILLING_TAX_BEHAVIOR = env.str("BILLING_TAX_BEHAVIOR", default="inclusive")
BILLING_AUTOMATIC_TAX = env.bool("BILLING_AUTOMATIC_TAX", default=DEMO)

# --- language and time -----------------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English"))]
LOCALE_PATHS = [ROOT / "locale"]
USE_I18N = USE_TZ = True
TIME_ZONE = "UTC"

# --- security ----------------------------------------------------------------------------------------------------------------
SECURE_SSL_REDIRECT = SECURE
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE else None
SECURE_HSTS_SECONDS = env.int("HSTS_SECONDS", default=60 * 60 * 24 * 365) if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
# How much and how fast people may write (communities/safety/limits.py); off for load tests only.
WRITING_LIMITS = env.bool("WRITING_LIMITS", default=True)
# Does the worker look at pages that people link to (communities/embeds)? A community may say no for itself.
LINK_PREVIEWS = env.bool("LINK_PREVIEWS", default=True)
X_FRAME_OPTIONS = "SAMEORIGIN"
SILENCED_SYSTEM_CHECKS = ["security.W002"]  # X-Frame-Options is sent by communities.ui.headers
CSRF_FAILURE_VIEW = "communities.ui.errors.csrf_failure"
HEARTH_METRICS_TOKEN = env.str("HEARTH_METRICS_TOKEN", default="")

LOGGING = logging_of(env.str("LOG_LEVEL", default="INFO"))
