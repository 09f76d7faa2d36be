"""Which consumer answers what."""

from django.conf import settings
from django.urls import path

from consumers.bell import InferenceConsumer
from consumers.origin import OriginGate
from consumers.progress import ProgressConsumer

websockets = [
    path("ws/progress/", OriginGate(ProgressConsumer.as_asgi(), settings.ALLOWED_ORIGINS))
]

channels = {"inference": InferenceConsumer.as_asgi()}
