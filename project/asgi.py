"""The ASGI application: HTTP, the websocket and the worker's channel."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")

from django.core.asgi import get_asgi_application

http = get_asgi_application()

from channels.routing import ChannelNameRouter, ProtocolTypeRouter, URLRouter

from consumers.routing import channels, websockets

application = ProtocolTypeRouter(
    {
        "http": http,
        "websocket": URLRouter(websockets),
        "channel": ChannelNameRouter(channels),
    }
)
