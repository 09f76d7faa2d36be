"""The ASGI application: HTTP and the websocket."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")

import django

django.setup()

from channels.routing import ProtocolTypeRouter, URLRouter

from consumers.routing import websockets
from project.handler import SpooledHandler

application = ProtocolTypeRouter(
    {
        "http": SpooledHandler(),
        "websocket": URLRouter(websockets),
    }
)
