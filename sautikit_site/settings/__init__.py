"""All settings; development, tests and production differ only by environment."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

from django.utils.translation import gettext_lazy as _
from psycopg.conninfo import conninfo_to_dict

from kernel import env
from sautikit_site.logs import LOGGING as LOGGING
from sautikit_site.settings.backoffice import *  # noqa: F403
from sautikit_site.settings.billing import *  # noqa: F403
from sautikit_site.settings.media import *  # noqa: F403
from sautikit_site.settings.mpesa import *  # noqa: F403
from sautikit_site.settings.paths import BASE_DIR, VAR_DIR
from sautikit_site.settings.people import *  # noqa: F403
from sautikit_site.settings.phones import *  # noqa: F403
from sautikit_site.settings.voice import *  # noqa: F403

# --- This installation ------------------------------------------------------------------------

DEBUG = env.boolean("DEBUG", "0", doc="Show tracebacks in the browser. Never in production.")
SANDBOX = env.boolean(
    "SANDBOX",
    "0",
    doc="Simulated M-Pesa, mailbox, carrier and phones in place of the outside. Never in production.",
)
TEST_CARRIER = env.boolean(
    "TEST_CARRIER", "0", doc="Offer the fixed-behaviour numbers to test keys."
)
PRODUCTION = env.boolean(
    "PRODUCTION", "0", doc="Refuse to start with DEBUG, SANDBOX or the embedded servers."
)
SECRET_KEY = env.text("SECRET_KEY", doc="Signs sessions and forms.", secret=True)
PEPPER = env.text("PEPPER", doc="Keys the hashes of API keys, codes and tokens.", secret=True)
PUBLIC_URL = env.text("PUBLIC_URL", "http://127.0.0.1:8000", doc="Where browsers reach web.")
LIVE_URL = env.text("LIVE_URL", "http://127.0.0.1:8001", doc="Where browsers reach live streams.")
CALLBACK_URL = (
    env.text(
        "CALLBACK_URL",
        "",
        doc="Where Safaricom reaches web, public https in production; empty: PUBLIC_URL.",
    )
    or PUBLIC_URL
)
ALLOWED_HOSTS = [
    *env.listing("ALLOWED_HOSTS", "", doc="Further host names web answers to, comma separated."),
    urlsplit(PUBLIC_URL).hostname or "127.0.0.1",
    "127.0.0.1",
    "localhost",
]
TRUSTED_PROXIES = env.networks(
    "TRUSTED_PROXIES",
    "",
    doc="Addresses or networks of our own proxies, comma separated: their X-Forwarded-For is believed.",
)
SAUTIKIT_READY_FILE = env.text(
    "SAUTIKIT_READY_FILE",
    "",
    doc="Set by the supervisor: the file a process makes when it can serve.",
)
SAUTIKIT_VAR = env.text("SAUTIKIT_VAR", "", doc="Another folder than var/ for `manage.py up`.")
SAUTIKIT_URL = env.text(
    "SAUTIKIT_URL",
    "",
    doc="Where `manage.py quickstart` finds the platform, if not this checkout's.",
)
UP_FILE = VAR_DIR / "run" / "up.json"
WEB_PORT = env.integer("WEB_PORT", "8000", doc="The port of web under `manage.py up`.")
LIVE_PORT = env.integer("LIVE_PORT", "8001", doc="The port of live under `manage.py up`.")

# --- Database and broker ----------------------------------------------------------------------

DATABASE_URL = env.text(
    "DATABASE_URL", "", doc="PostgreSQL as role `app`; empty: `manage.py` runs the embedded one."
)
MIGRATION_DATABASE_URL = env.text(
    "MIGRATION_DATABASE_URL", "", doc="PostgreSQL as role `owner`, for migrations only."
)
REDIS_URL = env.text(
    "REDIS_URL", "redis://127.0.0.1:6379/0", doc="Valkey or Redis; holds wake-ups, never facts."
)


def _database(url: str) -> dict[str, object]:
    parts = conninfo_to_dict(url)
    extra = {
        k: v for k, v in parts.items() if k not in ("dbname", "user", "password", "host", "port")
    }
    return {
        "ENGINE": "kernel.database",
        "NAME": parts.get("dbname", ""),
        "USER": parts.get("user", ""),
        "PASSWORD": parts.get("password", ""),
        "HOST": parts.get("host", ""),
        "PORT": parts.get("port", ""),
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {**extra, "prepare_threshold": 2, "server_side_binding": True},
    }


DATABASES = {"default": _database(DATABASE_URL)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Applications -----------------------------------------------------------------------------

INSTALLED_APPS = [
    "kernel.apps.KernelConfig",
    "wallet.apps.WalletConfig",
    "accounts.apps.AccountsConfig",
    "numbers.apps.NumbersConfig",
    "calls.apps.CallsConfig",
    "telephony.apps.TelephonyConfig",
    "webhooks.apps.WebhooksConfig",
    "docs.apps.DocsConfig",
    *(["sandbox.apps.SandboxApp"] if SANDBOX or TEST_CARRIER else []),
    "sautikit_site.apps.SiteConfig",
    "unfold",
    "django.contrib.admin.apps.SimpleAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.forms",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django_htmx",
    "rest_framework",
]
MIDDLEWARE = [
    "kernel.middleware.request_id",
    "kernel.request_log.request_log",
    "kernel.middleware.PageCompression",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "accounts.middleware.WorkspaceMiddleware",
    "sautikit_site.time_display.middleware",
]
ROOT_URLCONF = "sautikit_site.urls"
WSGI_APPLICATION = "sautikit_site.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "sautikit_site.context.installation",
            ],
            "builtins": ["django.templatetags.i18n", "sautikit_site.templatetags.ui"],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
STATIC_URL = "/static/"
STATICFILES_DIRS = [
    BASE_DIR / "static",
    # The browser phone, as customers load it: the address changes with its major version.
    ("sdk/webrtc-1", BASE_DIR / "sdks" / "webrtc" / "lib"),
]
STATIC_ROOT = VAR_DIR / "static"
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 3600

# --- People -----------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
LOGIN_URL = "/signin"
LOGIN_REDIRECT_URL = "/overview"
SESSION_COOKIE_NAME = "sk_session"
SESSION_COOKIE_AGE = int(timedelta(hours=12).total_seconds())
SESSION_SAVE_EVERY_REQUEST = False
SESSION_LIFE_SECONDS = int(timedelta(days=30).total_seconds())
SESSION_TOUCH_SECONDS = int(timedelta(minutes=5).total_seconds())
MAGIC_LINK_TTL = timedelta(minutes=15)
LOGIN_CODE_TTL = timedelta(minutes=10)
MAGIC_LINKS_PER_ADDRESS_AND_IP = env.integer(
    "MAGIC_LINKS_PER_ADDRESS_AND_IP", "5", doc="Sign-in mails an hour to one address from one IP."
)
MAGIC_LINKS_PER_ADDRESS = env.integer(
    "MAGIC_LINKS_PER_ADDRESS", "20", doc="Sign-in mails an hour to one address."
)
MAGIC_LINKS_PER_IP = env.integer(
    "MAGIC_LINKS_PER_IP", "30", doc="Sign-in mails an hour asked for from one IP."
)
# The command line signs in by RFC 8628; the person has this long to type the code.
DEVICE_LOGIN_TTL = timedelta(minutes=10)
DEVICE_LOGIN_INTERVAL_SECONDS = 2
DEVICE_LOGINS_PER_IP = env.integer(
    "DEVICE_LOGINS_PER_IP", "60", doc="Sign-ins of the command line an hour started from one IP."
)
DEVICE_LOGIN_KEY_DAYS = env.integer(
    "DEVICE_LOGIN_KEY_DAYS", "90", doc="Days after which a key of `sautikit login` ends."
)

# --- Browser security -------------------------------------------------------------------------

SECURE_COOKIES = PUBLIC_URL.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_COOKIES
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SSL_REDIRECT = env.boolean("SSL_REDIRECT", "1", doc="Lead http to https if PUBLIC_URL is https.")
SECURE_SSL_REDIRECT = SECURE_COOKIES and SSL_REDIRECT
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 31_536_000 if SECURE_COOKIES else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE_COOKIES
X_FRAME_OPTIONS = "DENY"
_live = urlsplit(LIVE_URL)
_live_socket = f"{'wss' if _live.scheme == 'https' else 'ws'}://{_live.netloc}"
CONTENT_SECURITY_POLICY = {
    "EXCLUDE_URL_PREFIXES": ["/admin"],
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "media-src": ["'self'", "blob:"],
        "worker-src": ["'self'", "blob:"],
        "connect-src": ["'self'", LIVE_URL, _live_socket],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
    },
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
APPEND_SLASH = False

# --- Language and time ------------------------------------------------------------------------

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("sw", _("Kiswahili"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
FORMAT_MODULE_PATH = "sautikit_site.formats"
USE_TZ = True
TIME_ZONE = "UTC"

# --- The API ----------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["accounts.authentication.Credential"],
    "DEFAULT_PERMISSION_CLASSES": [],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "docs.openapi.AutoSchema",
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {
    "OAS_VERSION": "3.1.0",
    "SCHEMA_PATH_PREFIX": "/v1",
    "SERVE_PUBLIC": True,
    "POSTPROCESSING_HOOKS": [],
}
API_KEY_REQUESTS_PER_SECOND = env.integer(
    "API_KEY_REQUESTS_PER_SECOND", "50", doc="Requests a second one API key may make."
)
API_KEY_BURST = env.integer("API_KEY_BURST", "100", doc="Requests one API key may make at once.")

# --- Celery: a doorbell for rows --------------------------------------------------------------

CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_RESULT_BACKEND = None
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_PUBLISH_RETRY_POLICY = {
    "max_retries": 2,
    "interval_start": 0.05,
    "interval_step": 0.1,
    "interval_max": 0.2,
}
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 120,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    "socket_timeout": 5,
}

# --- Mail -------------------------------------------------------------------------------------

_mail = urlsplit(
    env.text(
        "EMAIL_URL",
        "smtp://127.0.0.1:25",
        doc="smtp://user:password@host:port, or smtps:// for TLS.",
    )
)
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST = _mail.hostname or "127.0.0.1"
EMAIL_PORT = _mail.port or (465 if _mail.scheme == "smtps" else 25)
EMAIL_HOST_USER = _mail.username or ""
EMAIL_HOST_PASSWORD = _mail.password or ""
EMAIL_USE_SSL = _mail.scheme == "smtps"
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.text(
    "DEFAULT_FROM_EMAIL", "Sautikit <hello@sautikit.com>", doc="The sender of our mails."
)
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# --- Outbound HTTP ----------------------------------------------------------------------------

ALLOW_PRIVATE_TARGETS = env.boolean(
    "ALLOW_PRIVATE_TARGETS",
    "0",
    doc="Let customers' URLs point at this machine over http. Sandbox only.",
)

# --- The sandbox ------------------------------------------------------------------------------

SANDBOX_URL = env.text(
    "SANDBOX_URL", "http://127.0.0.1:8002", doc="Where the sandbox process listens."
)
SANDBOX_PORT = env.integer(
    "SANDBOX_PORT", "8002", doc="The port of the sandbox under `manage.py up`."
)
SANDBOX_SMTP_PORT = env.integer("SANDBOX_SMTP_PORT", "8025", doc="The sandbox mailbox's SMTP port.")
SANDBOX_SIP_PORT = env.integer("SANDBOX_SIP_PORT", "5070", doc="The sandbox carrier's SIP port.")
