"""Django's middleware that only computes, run on the event loop.

Django runs each hook of a synchronous middleware in a thread, since it might wait for something.
These wait for nothing, and a turn in a thread costs more than all that they do.
"""

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware import clickjacking, common, security


class _OnTheLoop:
    """Calls a middleware's hooks without leaving the event loop."""

    get_response: Any

    async def __acall__(self, request: HttpRequest) -> HttpResponseBase:
        """Django's name for an asynchronous call."""
        hooks: Any = self
        answered = hooks.process_request(request) if hasattr(self, "process_request") else None
        response = answered or await self.get_response(request)
        processed: HttpResponseBase = hooks.process_response(request, response)
        return processed


class SecurityMiddleware(_OnTheLoop, security.SecurityMiddleware):
    """Headers that tell browsers what to refuse."""


class CommonMiddleware(_OnTheLoop, common.CommonMiddleware):
    """Content-Length, and user agents that are not let in."""


class XFrameOptionsMiddleware(_OnTheLoop, clickjacking.XFrameOptionsMiddleware):
    """Whether a page may stand in another's frame."""
