"""Which consumer answers which websocket."""

from typing import Any, cast

from django.conf import settings
from django.urls import path, re_path

from consumers.socket.origin import OriginGate
from consumers.socket.progress import ProgressConsumer


async def not_found(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Refuses a handshake where there is no websocket, with 404 if the server can."""
    await receive()
    if "websocket.http.response" in scope.get("extensions", {}):
        await send({"type": "websocket.http.response.start", "status": 404, "headers": []})
        await send({"type": "websocket.http.response.body", "body": b""})
    else:
        await send({"type": "websocket.close"})


websockets = [
    path("ws/progress/", OriginGate(ProgressConsumer.as_asgi(), settings.ALLOWED_ORIGINS)),
    # Django types routes of views; Channels takes applications.
    re_path(r"", cast(Any, not_found)),
]
