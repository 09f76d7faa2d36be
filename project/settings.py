"""Django's settings, made from the environment (`project.env`)."""

import sys
from datetime import timedelta

from imagefile.formats import FORMATS
from project import admin_look, logs, sqlite
from project.databases import databases
from project.env import ENV_FILE, ROOT, env

# Before anything opens a database.
sqlite.use_a_sound_library()

ENV = env()

BASE_DIR = ROOT
DATA_DIR = ENV.private_data_dir()
SECRET_KEY = ENV.secret("secret_key")
DEBUG = ENV.debug
ALLOWED_HOSTS = ENV.hosts()
ALLOWED_ORIGINS = ENV.origins()

INSTALLED_APPS = [
    "project.apps.ProjectConfig",
    "consumers.apps.ConsumersConfig",
    "uploads.apps.UploadsConfig",
    "frontend.apps.FrontendConfig",
    "channels",
    "unfold.apps.BasicAppConfig",
    "unfold.contrib.filters",
    "uploads.apps.AdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "rest_framework_simplejwt.token_blacklist",
    "drf_spectacular",
    "drf_spectacular_sidecar",
]

MIDDLEWARE = [
    *(["project.tracing_middleware.TracingMiddleware"] if ENV.is_traced else []),
    "project.metrics.view.MetricsMiddleware",
    "project.security.SecurityHeadersMiddleware",
    "project.cors.CrossOriginMiddleware",
    "project.middleware.RequestContextMiddleware",
    "project.compression.CompressionMiddleware",
    "project.hosts.HostMiddleware",
    "project.health.LivenessMiddleware",
    "consumers.oip.middleware.ProtocolMiddleware",
    "project.admin.AdminMiddleware",
    "project.native.SecurityMiddleware",
    "project.static.StaticFilesMiddleware",
    "project.cookies.SessionMiddleware",
    "project.native.CommonMiddleware",
    "project.cookies.CsrfViewMiddleware",
    "project.cookies.AuthenticationMiddleware",
    "project.cookies.MessageMiddleware",
    "project.native.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "project.urls"
ASGI_APPLICATION = "project.asgi.application"
APPEND_SLASH = False
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
USE_I18N = False
NUMBER_GROUPING = 3
FORMAT_MODULE_PATH = "project.formats"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "uploads.User"
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"
CSRF_FAILURE_VIEW = "project.error_views.csrf_failure"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

AUTHENTICATION_BACKENDS = ["uploads.sign_in.backends.PasswordBackend"]
PASSWORD_HASHERS = ["uploads.sign_in.hashing.QueuedPBKDF2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
    )
]

DATABASES = databases(ENV)

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": ENV.redis_url or "redis://127.0.0.1:6379/0",
        "KEY_PREFIX": "darkroom",
        "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 1},
    }
}

CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "consumers.layer.PubSubChannelLayer",
        "CONFIG": {
            "hosts": [
                {
                    "address": ENV.redis_url or "redis://127.0.0.1:6379/0",
                    "socket_connect_timeout": 3,
                }
            ],
            "prefix": "darkroom",
            "capacity": 2000,
        },
    }
}

MEDIA_ROOT = ENV.media_root
MIN_FREE_BYTES = ENV.min_free_bytes
S3_BUCKET = ENV.s3_bucket
S3_ENDPOINT_URL = ENV.s3_endpoint_url
S3_PREFIX = ENV.s3_prefix
S3_CHECKSUMS = ENV.s3_checksums
AWS_ACCESS_KEY_ID = ENV.aws_access_key_id
AWS_SECRET_ACCESS_KEY = ENV.aws_secret_access_key
AWS_SESSION_TOKEN = ENV.aws_session_token
AWS_REGION = ENV.aws_region
ARCHIVE_AT_A_TIME = ENV.archive_at_a_time
MEDIA_HANDOVER = ENV.media_handover
MEDIA_CACHE_BYTES = ENV.media_cache_bytes
RETENTION_HOURS = ENV.retention_hours
EVENT_RETENTION_DAYS = ENV.event_retention_days
PURGE_WITHOUT_ARCHIVE = ENV.purge_without_archive
# Models may read the ones beside what is theirs, and never the others.
MODEL_PATHS = ENV.paths_for_models()
SECRET_PATHS = [DATA_DIR, ENV_FILE, *ENV.secret_files()]

STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "project.static_storage.StaticFilesStorage"},
}
if "pytest" in sys.modules or DEBUG:
    STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
    WHITENOISE_USE_FINDERS = True

# Image limits and the queue's numbers: read by uploads and consumers through django.conf.
IMAGE_FORMATS = tuple(FORMATS)
MAX_IMAGE_BYTES = ENV.max_image_bytes
MAX_IMAGE_PIXELS = ENV.max_image_pixels
MAX_IMAGE_SIDE = 20_000
MAX_IMAGES_PER_UPLOAD = ENV.max_images_per_upload
MAX_UPLOAD_BYTES = ENV.max_upload_bytes
QUOTA_BYTES = ENV.quota_bytes
QUOTA_QUEUED = ENV.quota_queued
LEASE_SECONDS = ENV.lease_seconds
MAX_ATTEMPTS = ENV.max_attempts
MAX_LEASE_LOSSES = 10
DEFAULT_MODEL = ENV.default_model
PRELOAD_MODELS = ENV.models_to_preload()
REMOTE_TOKEN_OF = ENV.remote_token
MODEL_REPOSITORIES = [ENV.model_repository, ROOT / "inference" / "models"]
REGISTRATION_OPEN = ENV.may_register
TRUSTED_PROXIES = ENV.trusted_proxies
THROTTLE_SIGN_IN_NAME = ENV.throttle_sign_in_name
THROTTLE_SIGN_IN_ADDRESS = ENV.throttle_sign_in_address
THROTTLE_REGISTRATION = ENV.registrations_per_minute
THROTTLE_UPLOADS = ENV.throttle_uploads
THROTTLE_V2 = ENV.throttle_v2
THROTTLE_CHANGES = ENV.throttle_changes
MAX_WAITS_PER_USER = ENV.max_waits_per_user
MAX_SOCKETS_PER_USER = ENV.max_sockets_per_user
MAX_API_KEYS_PER_USER = ENV.max_api_keys_per_user
EMAIL_HOST = ENV.email_host
EMAIL_PORT = ENV.email_port
EMAIL_HOST_USER = ENV.email_host_user
EMAIL_HOST_PASSWORD = ENV.email_host_password
EMAIL_USE_TLS = ENV.email_tls == "starttls"
EMAIL_USE_SSL = ENV.email_tls == "tls"
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = ENV.email_from
WEBHOOK_ALLOW_PRIVATE = ENV.webhook_allow_private
WEBHOOK_MAX_PER_USER = ENV.webhook_max_per_user
GRPC_HOST = ENV.grpc_host
GRPC_PORT = ENV.grpc_port
OIP_HTTP_HOST = ENV.oip_http_host
OIP_HTTP_PORT = ENV.oip_http_port
OIP_TLS_CERTIFICATE = ENV.oip_tls_certificate
OIP_TLS_KEY = ENV.oip_tls_key
OIP_TLS_CLIENT_CA = ENV.oip_tls_client_ca
OIP_TLS_CA = ENV.oip_tls_ca
OIP_TLS_NAME = ENV.oip_tls_name
METRICS_HOST = ENV.metrics_host
METRICS_PORT = ENV.metrics_port
METRICS_TOKEN = ENV.metrics_token
METRICS_DIR = ENV.metrics_dir

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "uploads.api.authentication.SessionJWTAuthentication",
        "uploads.api.authentication.ApiKeyAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["uploads.api.permissions.Reaches"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["uploads.api.parsing.PlainJSONParser"],
    "DEFAULT_PAGINATION_CLASS": "uploads.api.pagination.NewestFirst",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "project.api_errors.handle",
    "UNAUTHENTICATED_USER": None,
    "NUM_PROXIES": TRUSTED_PROXIES,
}

# Django looks for its own middleware by name; these stand in for it without a thread each.
SILENCED_SYSTEM_CHECKS = ["security.W001", "security.W002", "security.W003"]

SIMPLE_JWT = {
    "ALGORITHM": "HS256",
    "SIGNING_KEY": ENV.secret("jwt_signing_key"),
    "ISSUER": "darkroom",
    "AUDIENCE": "darkroom",
    "ACCESS_TOKEN_LIFETIME": timedelta(minutes=15),
    "REFRESH_TOKEN_LIFETIME": timedelta(days=14),
    # Clocks of web servers differ: a token may have been issued so far in the future.
    "LEEWAY": timedelta(seconds=30),
    "ROTATE_REFRESH_TOKENS": True,
    "BLACKLIST_AFTER_ROTATION": True,
    "UPDATE_LAST_LOGIN": True,
}

SPECTACULAR_SETTINGS = {
    "TITLE": "Darkroom",
    "DESCRIPTION": "Upload photos, watch them being processed, read the results.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_AUTHENTICATION": [],
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "DISABLE_ERRORS_AND_WARNINGS": False,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "uploads.api.refusals.add_common_refusals",
    ],
}

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_HSTS_SECONDS = ENV.hsts_seconds
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = ENV.secure_cookies
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

UNFOLD = admin_look.LOOK

LOGGING_CONFIG = None
logs.configure(ENV.log_format)
