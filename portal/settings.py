"""The only settings file. Every variable is read once, strictly; .env.example explains each."""

from pathlib import Path
from urllib.parse import urlsplit

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from portal import env

BASE_DIR = Path(__file__).resolve().parent.parent

# --- Where we stand ---------------------------------------------------------------------------------------
SITE_NAME = env.text("SITE_NAME", default="Tributary")
SITE_LOGO = env.text("SITE_LOGO")
SITE_URL = env.text("SITE_URL", default="http://localhost:8000").rstrip("/")
SUPPORT_EMAIL = env.text("SUPPORT_EMAIL", default="help@tributary.example")
DEMO = env.flag("DEMO", default=False)
DEBUG = env.flag("DEBUG", default=False)
SECRET_KEY = env.secret("SECRET_KEY")
FIELD_KEYS = env.secret("FIELD_KEYS")
FIELD_KEYS_LOST = env.listed("FIELD_KEYS_LOST")
METRICS_TOKEN = env.secret("METRICS_TOKEN", optional=True)
SITE_CERTIFICATE = env.text("SITE_CERTIFICATE")

_site = urlsplit(SITE_URL)
SITE_HOST = _site.hostname or "localhost"
IS_LOCAL = SITE_HOST in ("localhost", "127.0.0.1")
IS_HTTPS = _site.scheme == "https"
if not IS_HTTPS and not IS_LOCAL:
    raise ImproperlyConfigured("SITE_URL must be https, except on localhost.")
ALLOWED_HOSTS = env.listed("ALLOWED_HOSTS", default=[SITE_HOST])
CSRF_TRUSTED_ORIGINS = [f"{_site.scheme}://{_site.netloc}"]

INSTALLED_APPS = [
    "portal",
    "connect",
    "records",
    "ground",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "csp",
]

MIDDLEWARE = [
    "portal.middleware.RequestId",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "portal.middleware.Headers",
    "portal.middleware.PlainMethods",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "portal.middleware.KnownBrowser",
    "portal.middleware.SessionClock",
    "portal.middleware.SignInFirst",
    "portal.middleware.LongerPassword",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "portal.middleware.WhoIsLooking",
]

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["records.templatetags.addresses", "ground.templatetags.times"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.context.shell",
            ],
        },
    }
]

# --- Data -------------------------------------------------------------------------------------------------
_COMMON = {"ENGINE": "ground.db", "CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True, "ATOMIC_REQUESTS": False}
_application = env.database("DATABASE_URL")
_owner = env.database("DATABASE_OWNER_URL")
if _application is None:
    raise ImproperlyConfigured("DATABASE_URL is not set. .env.example explains it.")
DATABASES = {"default": {**_COMMON, **_application}}
if _owner is not None:
    DATABASES["owner"] = {**_COMMON, **_owner}
for _each in DATABASES.values():  # a page says within seconds that there is no database
    _each.setdefault("OPTIONS", {}).setdefault("connect_timeout", "3")  # type: ignore[attr-defined]
DATABASE_GIGABYTES = env.whole("DATABASE_GIGABYTES", default=0)
DATABASE_ROUTERS = ["portal.routers.OwnerMigrates"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# In the database, so that a dead Redis never stands in the way of signing in.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "portal_cache",
        # A full cache forgets at random, guesses at passwords among it; Django's 300 are full within minutes.
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"  # a cookie would name places
SESSION_ENGINE = "django.contrib.sessions.backends.db"

# --- Work -------------------------------------------------------------------------------------------------
CELERY_BROKER_URL = env.required("REDIS_URL")
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = 120
CELERY_TASK_SOFT_TIME_LIMIT = 100
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 3
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 400_000  # KiB
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 300}
CELERY_BEAT_SCHEDULE = {
    "sweep": {"task": "portal.sweep", "schedule": float(env.whole("SWEEP_SECONDS", default=10, least=1))}
}

# --- 1upHealth --------------------------------------------------------------------------------------------
ONEUP = {
    "api": env.text("ONEUP_API_URL", default="https://api.1up.health"),
    "auth": env.text("ONEUP_AUTH_URL", default="https://auth.1up.health"),
    "search": env.text("ONEUP_SEARCH_URL", default="https://system-search.1up.health"),
    "client_id": env.required("ONEUP_CLIENT_ID"),
    "client_secret": env.secret("ONEUP_CLIENT_SECRET"),
    "fhir_prefix": env.text("ONEUP_FHIR_PREFIX"),
    "token_path": env.text("ONEUP_TOKEN_PATH", default="/oauth2/token"),
    "ingest_path": env.text("ONEUP_INGEST_PATH", default="/on-demand-ingest"),
    "search_method": env.text("ONEUP_SEARCH_METHOD", default="POST"),
    "legacy_hop": env.flag("ONEUP_LEGACY_HOP", default=False),
    "embedded_search": env.flag("ONEUP_EMBEDDED_SEARCH", default=False),
    "analytics": env.text("ONEUP_ANALYTICS_URL"),
    "bulk": env.text("ONEUP_BULK_URL"),
    "customer": env.text("ONEUP_CUSTOMER"),
    "export_from": env.whole("ONEUP_EXPORT_FROM", default=0, least=0),
    "population": env.text("ONEUP_POPULATION"),
    "requests_per_minute": env.whole("ONEUP_REQUESTS_PER_MINUTE", default=50, least=1),
    "user_calls_per_hour": env.whole("ONEUP_USER_CALLS_PER_HOUR", default=300, least=1),
    "fhir_versions": env.listed("ONEUP_FHIR_VERSIONS", default=["r4", "stu3", "dstu2"]),
    "allow_insecure": env.flag("ONEUP_ALLOW_INSECURE", default=False),
}

# --- People -----------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "portal.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "portal.passwords.LongEnough"},
    {"NAME": "portal.passwords.NotObvious"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_REDIRECT_URL = "portal:home"
LOGIN_URL = "account_login"
LOGOUT_REDIRECT_URL = "portal:home"

ACCOUNT_ADAPTER = "portal.adapters.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_FORMS = {
    "login": "portal.forms.LoginForm",
    "reset_password": "portal.forms.ResetForm",
    "signup": "portal.forms.SignupForm",
}
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = 3  # new codes for one sign-up
# allauth's own, one in ten seconds, makes a code that is never sent when somebody presses twice.
ACCOUNT_RATE_LIMITS = {"confirm_email": "5/2m/key"}
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_SESSION_REMEMBER = (
    False  # it ends after a quiet quarter of an hour: a tick would promise what we do not keep
)
ACCOUNT_LOGOUT_ON_GET = False
ALLAUTH_TRUSTED_PROXY_COUNT = env.whole("TRUSTED_PROXIES", default=0)
MFA_ADAPTER = "portal.adapters.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = IS_LOCAL and not IS_HTTPS
MFA_FORMS = {
    "authenticate": "portal.second_step.AuthenticateForm",
    "reauthenticate": "portal.second_step.ReauthenticateForm",
}
MFA_TOTP_ISSUER = SITE_NAME
MFA_TOTP_TOLERANCE = 1  # half a minute of clock error, as people read the code and type
USERSESSIONS_TRACK_ACTIVITY = False

MINIMUM_AGE = env.whole("MINIMUM_AGE", default=18)
TERMS_VERSION = "2026-11"
PRIVACY_VERSION = "2026-11"
SESSION_IDLE_SECONDS = 15 * 60
SESSION_LONGEST_SECONDS = 12 * 60 * 60
STAFF_IDLE_SECONDS = 10 * 60
STAFF_LONGEST_SECONDS = 8 * 60 * 60
SESSION_WARNING_SECONDS = 2 * 60

# --- Mail: written to the outbox, sent by a job -----------------------------------------------------------
EMAIL_BACKEND = "ground.outbox.Backend"
DEFAULT_FROM_EMAIL = env.text("MAIL_FROM", default=f"{SITE_NAME} <no-reply@tributary.example>")
_mail = urlsplit(env.text("EMAIL_URL"))
EMAIL_HOST, EMAIL_PORT = _mail.hostname or "localhost", _mail.port or 587
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _mail.username or "", _mail.password or ""
EMAIL_USE_TLS = _mail.scheme == "smtp+tls"
EMAIL_TIMEOUT = 10  # seconds
OUTBOX_BACKEND = (
    "django.core.mail.backends.smtp.EmailBackend"
    if _mail.hostname
    else "django.core.mail.backends.dummy.EmailBackend"
)

# --- Looks at connected places ----------------------------------------------------------------------------
CHECK_HOURS = env.whole("CHECK_HOURS", default=24, least=1)
COMPLETE_DAYS = env.whole("COMPLETE_DAYS", default=30, least=1)
REMIND_DAYS = [int(days) for days in env.listed("REMIND_DAYS", default=["14", "3"])]

# --- Files of one's records that a job makes --------------------------------------------------------------
TAKEOUT_AT_ONCE = env.whole("TAKEOUT_AT_ONCE", default=2000)
TAKEOUT_HOURS = env.whole("TAKEOUT_HOURS", default=24, least=1)
TAKEOUT_MEGABYTES = env.whole("TAKEOUT_MEGABYTES", default=2000, least=1)

# --- Pages ------------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
# Spanish joins when a person has written it; half a translation is worse than none.
LANGUAGES = [("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "UTC"
USE_TZ = True
STATIC_URL = "/static/"
STATIC_ROOT = env.text("STATIC_ROOT", default=str(BASE_DIR / "staticfiles"))
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = IS_LOCAL
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if IS_LOCAL
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

# --- Walls ------------------------------------------------------------------------------------------------
SECURE_SSL_REDIRECT = IS_HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ALLAUTH_TRUSTED_PROXY_COUNT else None
SECURE_HSTS_SECONDS = 63_072_000 if IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = IS_HTTPS
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_NAME = "__Host-session"
# Lax and not Strict: a person coming back from their hospital must arrive signed in.
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = True
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_AGE = SESSION_LONGEST_SECONDS
CSRF_COOKIE_NAME = "__Host-csrf"
LANGUAGE_COOKIE_NAME = "__Host-language"
CSRF_FAILURE_VIEW = "portal.views.errors.csrf_failure"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
        "require-trusted-types-for": ["'script'"],
    }
}
SILENCED_SYSTEM_CHECKS: list[str] = []
DEFAULT_EXCEPTION_REPORTER_FILTER = "portal.logs.NothingToReport"

# --- Logs: short events with ids, on an allow-list of keys ------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"clean": {"()": "portal.logs.Clean"}},
    "formatters": {"line": {"()": "portal.logs.Line"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["clean"]}},
    "root": {"handlers": ["console"], "level": env.text("LOG_LEVEL", default="INFO")},
    "loggers": {
        "django": {"handlers": [], "propagate": True},
        "django.server": {"handlers": [], "propagate": True},
        "django.db.backends": {"level": "WARNING"},
        "celery.app.trace": {"level": "WARNING"},
        "celery.worker.strategy": {"level": "WARNING"},
        "urllib3": {"level": "WARNING"},
    },
}
