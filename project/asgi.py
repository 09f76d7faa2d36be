"""The ASGI application: HTTP and the websocket."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")

import django

django.setup()

from channels.routing import ProtocolTypeRouter, URLRouter
from django.core.cache import close_caches
from django.core.signals import request_finished
from django.db import close_old_connections

from consumers.routing import websockets
from project.handler import SpooledHandler

# Threads give their connections back themselves (`uploads.threads`); nothing is cached.
request_finished.disconnect(close_old_connections)
request_finished.disconnect(close_caches)

application = ProtocolTypeRouter(
    {
        "http": SpooledHandler(),
        "websocket": URLRouter(websockets),
    }
)
