"""Which consumer answers what."""

from django.conf import settings
from django.urls import path

from consumers.origin import OriginGate
from consumers.progress import ProgressConsumer
from consumers.worker import InferenceConsumer

websockets = [
    path("ws/progress/", OriginGate(ProgressConsumer.as_asgi(), settings.ALLOWED_ORIGINS))
]

channels = {"inference": InferenceConsumer.as_asgi()}
