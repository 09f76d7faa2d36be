"""Limits of requests a minute, as the framework asks for them before a body is read."""

from django.conf import settings
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from uploads import request_rates
from uploads.actors import actor_of
from uploads.addresses import network_of
from uploads.api.requests import signed_in


class Work(BaseThrottle):
    """Requests of a user that give models work: uploads, further predictions, retries."""

    def allow_request(self, request: Request, view: APIView) -> bool:
        """Counts it.

        Raises:
            TooManyRequests: they were too many.
        """
        if request.method not in SAFE_METHODS:
            user = signed_in(request)
            request_rates.count("uploads", str(user.pk), request_rates.of_uploads(user))
        return True


class Changes(BaseThrottle):
    """What a user makes that gives no model work, and leaves rows and events behind."""

    def allow_request(self, request: Request, view: APIView) -> bool:
        """Counts it; to look, and to take something away, is free.

        Raises:
            TooManyRequests: they were too many.
        """
        if request.method not in {*SAFE_METHODS, "DELETE"}:
            whose = str(signed_in(request).pk)
            request_rates.count("changes", whose, settings.THROTTLE_CHANGES)
        return True


class Registrations(BaseThrottle):
    """Registrations from one address."""

    def allow_request(self, request: Request, view: APIView) -> bool:
        """Counts it.

        Raises:
            TooManyRequests: they were too many.
        """
        whose = network_of(actor_of(request).address)
        request_rates.count("registrations", whose, settings.THROTTLE_REGISTRATION)
        return True
