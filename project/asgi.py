"""The ASGI application: HTTP, the websocket and the worker's channel."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")

import django

django.setup()

from channels.routing import ChannelNameRouter, ProtocolTypeRouter, URLRouter

from consumers.routing import channels, websockets
from project.handler import SpooledHandler

application = ProtocolTypeRouter(
    {
        "http": SpooledHandler(),
        "websocket": URLRouter(websockets),
        "channel": ChannelNameRouter(channels),
    }
)
