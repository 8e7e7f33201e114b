"""Django settings: one file for every deployment; what differs comes from ``environment.py``."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlparse

from csp.constants import NONE, SELF

from tinhso.config import identity
from tinhso.config.embedded import embedded_url
from tinhso.config.environment import env

SOURCE = Path(__file__).resolve().parents[1]
HOME = env.home.resolve()


def _secret_key() -> str:
    if env.secret_key:
        return env.secret_key
    path = HOME / "secret-key"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(50))
    return path.read_text().strip()


# Attempts to connect lie ever further apart, until minutes; after so many seconds they begin anew with quick ones.
HEALING = {"reconnect_timeout": 15}


def _database(url: str) -> dict[str, object]:
    parts = urlparse(url)
    return {
        "ENGINE": "tinhso.config.postgres",
        "NAME": unquote(parts.path.lstrip("/")) or "tinhso",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "OPTIONS": {
            "pool": {"min_size": 1, "max_size": env.pool_size, "timeout": 15, "max_idle": 300, **HEALING},
            "options": "-c lock_timeout=10s -c statement_timeout=60s -c idle_in_transaction_session_timeout=60s",
            "application_name": "tinhso",
            # Values travel beside the statement: a repeated one is planned once, a third of a small read's cost.
            "server_side_binding": True,
            "prepare_threshold": 3,
        },
        "CONN_HEALTH_CHECKS": False,  # the engine looks at kept connections itself
        "TEST": {"NAME": env.test_database or None},
    }


def _replica(url: str) -> dict[str, object]:
    """Read only; one that does not answer is left after two seconds, because the primary can be asked as well."""
    known = _database(url)
    options: Any = known["OPTIONS"]
    options |= {
        "pool": {"min_size": 0, "max_size": env.pool_size, "timeout": 2, "max_idle": 60, **HEALING},
        "options": f"{options['options']} -c default_transaction_read_only=on",
        "connect_timeout": 2,
    }
    return known | {"TEST": {"MIRROR": "default"}}


SECRET_KEY = _secret_key()
SECRET_KEY_FALLBACKS = env.secret_keys_before
DEBUG = False
ALLOWED_HOSTS = env.allowed_hosts
ROOT_URLCONF = "tinhso.config.urls"
WSGI_APPLICATION = "tinhso.config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
BASE_URL = (env.base_url or f"http://{env.host}:{env.port}").rstrip("/")
PROVINCE = env.province
DEMONSTRATION_PASSWORD = "" if env.production else "tinhso-demo-2026"

TINHSO_MODULES: list[str] = [
    "tinhso.modules.procedures",
    "tinhso.modules.dossiers",
    "tinhso.modules.indicators",
    "tinhso.modules.plans",
    "tinhso.modules.campaigns",
    "tinhso.modules.initiatives",
    "tinhso.modules.warnings",
    "tinhso.modules.reporting",
    "tinhso.modules.offline_counter",
    "tinhso.modules.channels",
    "tinhso.modules.privacy",
    "tinhso.modules.questions",
    "tinhso.modules.field_reports",
    "tinhso.modules.queueing",
    "tinhso.modules.payments",
    "tinhso.modules.satisfaction",
    "tinhso.modules.vault",
    "tinhso.modules.statistics",
    "tinhso.modules.national_portal",
    "tinhso.modules.scorecards",
    "tinhso.modules.service_quality",
]
TINHSO_SHELL: list[str] = [
    "tinhso.shell.home",
    "tinhso.shell.finder",
    "tinhso.shell.lookup",
    "tinhso.shell.inbox",
    "tinhso.shell.board",
    "tinhso.shell.workshop",
]

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "procrastinate.contrib.django",
    "tinhso.kernel.ui",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django_cotton.apps.SimpleAppConfig",
    "django_htmx",
    "csp",
    "tinhso.kernel.units",
    "tinhso.kernel.people",
    "tinhso.kernel.clock",
    "tinhso.kernel.journal",
    "tinhso.kernel.versions",
    "tinhso.kernel.files",
    "tinhso.kernel.pictures",
    "tinhso.kernel.papers",
    "tinhso.kernel.places",
    "tinhso.kernel.cases",
    "tinhso.kernel.processes",
    "tinhso.kernel.facts",
    "tinhso.kernel.reorganisation",
    "tinhso.kernel.notices",
    "tinhso.kernel.identity",
    "tinhso.kernel.mandates",
    "tinhso.kernel.search",
    "tinhso.kernel.money",
    "tinhso.kernel.api",
    *TINHSO_MODULES,
    *TINHSO_SHELL,
    "tinhso.kernel",
]

MIDDLEWARE = [
    "tinhso.config.logging.request_log",
    "tinhso.modules.field_reports.portal.crowding.crowd_middleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "tinhso.kernel.ui.language.language_middleware",
    "tinhso.kernel.people.middleware.actor_middleware",
    "tinhso.kernel.people.second_factor.second_factor_middleware",
    "tinhso.kernel.identity.middleware.seen_middleware",
    "tinhso.kernel.notices.middleware.unread_middleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "tinhso.config.refusals.refusal_middleware",
    "tinhso.config.plain_text.plain_text_middleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": False,
        "OPTIONS": {
            "loaders": [
                (
                    "tinhso.kernel.ui.folding.Loader",
                    [
                        "django_cotton.cotton_loader.Loader",
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "builtins": ["django_cotton.templatetags.cotton", "django.templatetags.i18n", "django.templatetags.static"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "tinhso.kernel.ui.context.frame",
            ],
        },
    }
]

DATABASES = {"default": _database(env.database_url or embedded_url(HOME))}
REPLICA_SECONDS = env.replica_seconds
if env.database_replica_url:
    DATABASES["replica"] = _replica(env.database_replica_url)
    MIDDLEWARE.append("tinhso.config.reading.reading_middleware")

# People and sessions
AUTH_USER_MODEL = "people.Account"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"
SESSION_ENGINE = "tinhso.kernel.people.sessions"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "optional"
ACCOUNT_ADAPTER = "tinhso.kernel.identity.adapter.IdentityAdapter"
ACCOUNT_FORMS = {
    "login": "tinhso.kernel.people.forms.SignInForm",
    "signup": "tinhso.kernel.people.forms.SignUpForm",
}
# Strict: signing up with somebody's e-mail address looks the same as with a free one; an address counts once confirmed.
ACCOUNT_PREVENT_ENUMERATION = "strict"
ACCOUNT_EMAIL_SUBJECT_PREFIX = "Tỉnh Số – "
ACCOUNT_RATE_LIMITS = {"login_failed": "10/m/ip,5/5m/key"}
IDENTITY_PROVIDERS = identity.providers(env.identity_file, HOME)
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Tỉnh Số"
MFA_TOTP_TOLERANCE = 1  # a phone's clock may be half a minute off
OFFICIALS_NEED_SECOND_FACTOR = env.officials_need_second_factor
# What all processes must agree on: failed sign-ins and used one-time codes. Pages remember in the process instead.
# So many that nobody pushes another's count out with names that nobody has: what is over goes first, when it is full.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "api_cache",
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    }
}

# Language, time, numbers
LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", "Tiếng Việt"), ("en", "English")]
LOCALE_PATHS = [SOURCE / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Ho_Chi_Minh"
USE_THOUSAND_SEPARATOR = False  # numbers for people go through the filters of kernel.ui; ids and seconds stay plain

# Static files: hashed by Vite, compressed once, kept by browsers for a year
STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": HOME / "files"}},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"},
}
if env.s3_bucket:
    from botocore.config import Config  # only where S3 is in use

    STORAGES["default"] = {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": env.s3_bucket,
            "endpoint_url": env.s3_endpoint or None,
            "file_overwrite": False,
            # a store that does not answer must not hold the web server's threads for minutes
            "client_config": Config(connect_timeout=3, read_timeout=20, retries={"total_max_attempts": 2}),
        },
    }
WHITENOISE_USE_FINDERS = False
WHITENOISE_IMMUTABLE_FILE_TEST = r"^/static/dist/assets/.*-[A-Za-z0-9_-]{8}\.\w+$"
MAX_UPLOAD_BYTES = env.max_upload_mb * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

# Mail
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = HOME / "mail"
if env.email_url:
    _mail = urlparse(env.email_url)
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    EMAIL_HOST, EMAIL_PORT = _mail.hostname, _mail.port or 25
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = unquote(_mail.username or ""), unquote(_mail.password or "")
    EMAIL_USE_TLS = _mail.scheme == "smtps"
    EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.mail_from
METRICS_TOKEN = env.metrics_token
TRACES_URL = env.traces_url
if TRACES_URL:
    MIDDLEWARE.insert(0, "tinhso.config.tracing.trace_middleware")
SMS_GATEWAY, SMS_KEY, SMS_SENDER = env.sms_gateway, env.sms_key, env.sms_sender
SMS_GATEWAYS = dict.fromkeys(("esms", "speedsms"), "tinhso.modules.channels.actions.texting.Operators")
PUSH_KEY, PUSH_SERVICES, PUSH_SCHEMES = env.push_key or HOME / "push.pem", env.push_services, ["https"]

# Jobs
TINHSO_PROJECTIONS = ["tinhso.kernel.facts.jobs.project"]
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"

# The national portal
NATIONAL_PORTAL = {
    "url": env.national_portal_url,
    "user": env.national_portal_user,
    "password": env.national_portal_password,
    "agency": env.national_portal_agency or env.province,
    "names": env.national_portal_names,
    "operations": env.national_portal_operations,
    "ca_file": str(env.national_portal_ca or ""),
    "seconds": env.national_portal_seconds,
    "file_hosts": tuple(env.national_portal_file_hosts),
}

# Programs that file reports by Open311
OPEN311_JURISDICTION = env.open311_jurisdiction
OPEN311_WRITES_A_MINUTE = env.open311_writes_a_minute
OPEN311_BARE_TYPES = env.open311_bare_types
OPEN311_MEDIA_HOSTS = frozenset(env.open311_media_hosts)

# Lines of operators on which people write
CHANNEL_SECRETS = env.channel_secrets
CHANNEL_HOSTS = {
    "zalo_api": "https://openapi.zalo.me",
    "zalo_oauth": "https://oauth.zaloapp.com",
    "facebook_api": "https://graph.facebook.com/v21.0",
    "zalo_zns": "https://business.openapi.zalo.me",
    "zalo_graph": "https://graph.zalo.me",
    "esms": "https://rest.esms.vn",
    "speedsms": "https://api.speedsms.vn",
    **env.channel_hosts,
}
CHANNEL_PICTURE_HOSTS = tuple(env.channel_picture_hosts)
CHANNEL_MESSAGES_A_MINUTE = env.channel_messages_a_minute
CHANNEL_MINI_ORIGINS = frozenset(env.channel_mini_origins)

# Signing
SIGNING_PKCS12 = env.signing_pkcs12
SIGNING_PASSWORD = env.signing_password

# Payments: what each bank account's bank signs its notices with, by the account's code
PAYMENT_SECRETS = env.payment_secrets

# Security
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "worker-src": [SELF],
        "connect-src": [SELF],
        "style-src": [SELF],
        "font-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "frame-src": [SELF],
        "frame-ancestors": [SELF],
        "base-uri": [NONE],
    }
}
X_FRAME_OPTIONS = "SAMEORIGIN"
SILENCED_SYSTEM_CHECKS = ["security.W019"]  # officials read papers in a frame of our own pages
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
TRUSTED_PROXIES = ALLAUTH_TRUSTED_PROXY_COUNT = env.trusted_proxies
CSRF_COOKIE_HTTPONLY = False
CSRF_FAILURE_VIEW = "tinhso.config.refusals.csrf_failed"
PRODUCTION = env.production
if env.production:
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = ["^healthz$", "^readyz$", "^khoe/", "^metrics$"]  # asked inside, machine by machine
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.trusted_proxies else None
CSRF_TRUSTED_ORIGINS = [BASE_URL]

LOGGING_CONFIG = "tinhso.config.logging.configure"
LOGGING = env.log_level
