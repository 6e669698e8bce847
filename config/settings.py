"""Settings of Hark, all from the environment; `.env.example` lists every variable.

Without DATABASE_URL and REDIS_URL, the embedded servers under HARK_VAR are used and a secret key is kept there. With
DATABASE_URL set this is production: a missing secret key or missing host names stop the start.
"""

from __future__ import annotations

import zoneinfo
from datetime import time, timedelta
from pathlib import Path
from typing import Any

import dj_database_url
from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from environs import Env

from config.embedded import addresses
from config.embedded.secret_key import secret_key

BASE_DIR = Path(__file__).resolve().parent.parent

env = Env()
env.read_env(BASE_DIR / ".env", recurse=False)

HARK_VAR = Path(env.str("HARK_VAR", "") or BASE_DIR / "var" / "data").expanduser().resolve()
HARK_DEMO: bool = env.bool("HARK_DEMO", False)
HARK_TIME_ZONE: str = env.str("HARK_TIME_ZONE", "Europe/Berlin")
HARK_CURRENCY: str = env.str("HARK_CURRENCY", "EUR")
# False alarms per account and year that a firm accepts: the one knob of the alarm.
HARK_FALSE_ALARMS_PER_YEAR: float = env.float("HARK_FALSE_ALARMS_PER_YEAR", 2.0)
HARK_NIGHTLY_AT: str = env.str("HARK_NIGHTLY_AT", "04:30")
HARK_MAX_UPLOAD_MB: int = env.int("HARK_MAX_UPLOAD_MB", 1024)

DATABASE_URL: str = env.str("DATABASE_URL", "")
REDIS_URL: str = env.str("REDIS_URL", "")
IS_EMBEDDED = not DATABASE_URL

DEBUG: bool = env.bool("HARK_DEBUG", False)
SECRET_KEY: str = env.str("HARK_SECRET_KEY", "")
ALLOWED_HOSTS: list[str] = env.list("HARK_ALLOWED_HOSTS", [])
CSRF_TRUSTED_ORIGINS: list[str] = env.list("HARK_CSRF_TRUSTED_ORIGINS", [])
IS_HTTPS: bool = env.bool("HARK_HTTPS", False)

if IS_EMBEDDED:
    SECRET_KEY = SECRET_KEY or secret_key(HARK_VAR)
    ALLOWED_HOSTS = ALLOWED_HOSTS or ["localhost", "127.0.0.1", "[::1]"]
elif not SECRET_KEY:
    raise ImproperlyConfigured(
        "HARK_SECRET_KEY is not set. Sessions are signed with it: set it to a long random text, for example the output "
        'of  python3 -c "import secrets; print(secrets.token_urlsafe(50))"'
    )
elif not ALLOWED_HOSTS:
    raise ImproperlyConfigured(
        "HARK_ALLOWED_HOSTS is not set. Set it to the host names under which people open Hark, separated by commas, "
        "for example HARK_ALLOWED_HOSTS=hark.example.com"
    )

INSTALLED_APPS = [
    "config.apps.HarkAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_htmx",
    "axes",
    "csp",
    "config.apps.ConfigConfig",
    "accounts",
    "touchpoints",
    "health",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # Behind WhiteNoise, whose files are compressed already. Secrets in a page are masked anew in each answer, and its
    # length is padded, so that the length tells nothing of them (BREACH).
    "django.middleware.gzip.GZipMiddleware",
    "config.middleware.OutageMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "config.middleware.unsent_form_middleware",
    "config.middleware.htmx_sign_in_middleware",
    "config.middleware.time_zone_middleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.context.shell",
            ],
        },
    }
]

DATABASES: dict[str, dict[str, Any]] = {
    "default": {
        **dj_database_url.parse(DATABASE_URL or addresses.database_url(HARK_VAR)),
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        # One database dialect; SQL may be as good as PostgreSQL is.
        "ENGINE": "django.db.backends.postgresql",
    }
}
DATABASES["default"].setdefault("OPTIONS", {}).setdefault("connect_timeout", 3)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "today"
LOGOUT_REDIRECT_URL = "sign-in"

# Sign-in is limited per address and per person; PostgreSQL keeps the count, so it outlives restarts.
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_USERNAME_FORM_FIELD = "username"
AXES_HANDLER = "axes.handlers.database.AxesDatabaseHandler"
AXES_ENABLE_ADMIN = True
AXES_VERBOSE = False
AXES_USERNAME_CALLABLE = "accounts.sign_in_limits.person"
AXES_CLIENT_IP_CALLABLE = "accounts.sign_in_limits.client_address"
AXES_LOCKOUT_CALLABLE = "accounts.views.signing_in.locked_out"
# Whoever waits is told until when; tries in between must not move that.
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False

SESSION_COOKIE_AGE = int(timedelta(days=14).total_seconds())
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = IS_HTTPS
CSRF_COOKIE_SECURE = IS_HTTPS
SECURE_SSL_REDIRECT = IS_HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_HSTS_SECONDS = int(timedelta(days=365).total_seconds()) if IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = IS_HTTPS
SECURE_HSTS_PRELOAD = IS_HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if IS_HTTPS else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "config.views.csrf_failed"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

LANGUAGE_CODE = "en-gb"
USE_I18N = False
USE_TZ = True
# A name that does not exist is told by a system check, which must be able to run.
TIME_ZONE = HARK_TIME_ZONE if HARK_TIME_ZONE in zoneinfo.available_timezones() else "UTC"

STATIC_URL = "static/"
STATIC_ROOT = HARK_VAR / "static" if IS_EMBEDDED else BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "config.finders.PlotlyFinder",
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        # Brotli takes some 20 s of computing, for which nobody waits at a first start.
        "BACKEND": "config.static_files.GzippedManifestStorage"
        if IS_EMBEDDED
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
MEDIA_ROOT = Path(env.str("HARK_FILES", "") or HARK_VAR / "files")
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000

HARK_REDIS_URL = REDIS_URL or addresses.redis_url(HARK_VAR)
CELERY_BROKER_URL = addresses.broker_url(HARK_REDIS_URL)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
# Publishing is a nudge: a page never waits long for it.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": int(timedelta(hours=6).total_seconds()),
    "socket_connect_timeout": 2,
    "socket_timeout": 30,
    "socket_keepalive": True,
}
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# In kilobytes. Learning a model takes arrays that Python does not give back; a process that holds more than this makes
# way for a new one when its task is done. Imports stay well below.
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 300_000
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = TIME_ZONE
CELERY_TASK_DEFAULT_QUEUE = "hark"

try:
    _nightly = time.fromisoformat(HARK_NIGHTLY_AT.rjust(5, "0"))
except ValueError:
    _nightly = time(4, 30)  # a system check says what is wrong with the value, and must be able to run
CELERY_BEAT_SCHEDULE = {
    "score the portfolio every night": {
        "task": "health.tasks.score_portfolio",
        "schedule": crontab(hour=str(_nightly.hour), minute=str(_nightly.minute)),
    },
    # Well after the night, on which the figures of the day rest.
    "keep the history lean": {
        "task": "health.tasks.thin_history",
        "schedule": crontab(hour=str((_nightly.hour + 3) % 24), minute=str(_nightly.minute)),
    },
    "score what is stale": {"task": "health.tasks.sweep_stale", "schedule": timedelta(minutes=1)},
    # Does nothing but look, unless the last replay is a week old or was left half done.
    "replay the past once a week": {"task": "health.tasks.tend_trust", "schedule": timedelta(minutes=1)},
    "resume imports a killed worker left behind": {
        "task": "touchpoints.tasks.resume_stranded_imports",
        "schedule": timedelta(minutes=1),
    },
}
CELERY_BEAT_SCHEDULE_FILENAME = str(HARK_VAR / "beat-schedule")

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {"axes": {"level": "WARNING"}, "django.server": {"level": "WARNING"}},
}

# auth.W004: addresses are unique regardless of case by a constraint on LOWER(email), which the check does not see.
SILENCED_SYSTEM_CHECKS = ["auth.W004"]
if not IS_HTTPS:
    SILENCED_SYSTEM_CHECKS += ["security.W004", "security.W008", "security.W012", "security.W016"]
