"""How the admin looks: its name, its mark and colors, and what stands in its sidebar."""

from typing import Any, Final

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse_lazy


def _list(title: str, icon: str, table: str) -> dict[str, Any]:
    """A sidebar entry for a table's list, shown to whoever may look at it."""

    def may_look(request: HttpRequest) -> bool:
        return request.user.has_perm(f"uploads.view_{table}")

    address = reverse_lazy(f"admin:uploads_{table}_changelist")
    return {"title": title, "icon": icon, "link": address, "permission": may_look}


def _may_find(request: HttpRequest) -> bool:
    return request.user.has_perm("uploads.view_upload")


def _may_see_failures(request: HttpRequest) -> bool:
    return request.user.has_perm("uploads.view_prediction")


_NAVIGATION: Final = [
    {
        "items": [
            {"title": "Start", "icon": "home", "link": reverse_lazy("admin:index")},
            {
                "title": "Find",
                "icon": "search",
                "link": reverse_lazy("admin:find"),
                "permission": _may_find,
            },
        ]
    },
    {
        "title": "What people sent",
        "items": [
            _list("Uploads", "upload", "upload"),
            _list("Images", "image", "image"),
            _list("Predictions", "fact_check", "prediction"),
            {
                "title": "Failures",
                "icon": "error",
                "link": reverse_lazy("admin:failures"),
                "permission": _may_see_failures,
            },
            _list("Events", "history", "event"),
        ],
    },
    {
        "title": "People",
        "items": [
            _list("Users", "person", "user"),
            _list("Sign-ins", "login", "session"),
            _list("API keys", "key", "apikey"),
            _list("Webhooks", "webhook", "webhook"),
            _list("Webhook deliveries", "outgoing_mail", "webhookdelivery"),
            _list("Usage records", "bar_chart", "usage"),
        ],
    },
    {
        "title": "Models and workers",
        "items": [
            _list("Models", "category", "model"),
            _list("Model versions", "layers", "modelversion"),
            _list("Model commands", "tune", "modelcommand"),
            _list("Paused queues", "pause_circle", "queuepause"),
            _list("Traffic splits", "call_split", "trafficsplit"),
            _list("Workers", "memory", "worker"),
        ],
    },
]

LOOK: Final[dict[str, Any]] = {
    "SITE_TITLE": "Darkroom",
    "SITE_HEADER": "Darkroom",
    "SITE_ICON": lambda request: static("frontend/img/favicon.svg"),
    "SITE_FAVICONS": [
        {
            "rel": "icon",
            "type": "image/svg+xml",
            "href": lambda request: static("frontend/img/favicon.svg"),
        }
    ],
    "DASHBOARD_CALLBACK": "uploads.admin.start.overview_for",
    "STYLES": [lambda request: static("uploads/admin.css")],
    "SIDEBAR": {"navigation": _NAVIGATION},
    # The page's own safelight red, from light to dark.
    "COLORS": {
        "primary": {
            "50": "#fdf3f1",
            "100": "#fbe3df",
            "200": "#f7c9c2",
            "300": "#f0a398",
            "400": "#ff8a78",
            "500": "#ff6a54",
            "600": "#b32614",
            "700": "#951c0c",
            "800": "#7c1a0e",
            "900": "#681a11",
            "950": "#390a05",
        }
    },
}
