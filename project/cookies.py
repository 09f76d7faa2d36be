"""Sessions, forms and messages: for the admin alone, which is all that knows its users by cookies.

Everything else has bearer tokens, and each of these middlewares would cost every request a turn in
a thread, or two.
"""

from collections.abc import Awaitable
from typing import Any

from asgiref.sync import iscoroutinefunction
from django.contrib.auth import middleware as auth
from django.contrib.messages import middleware as messages
from django.contrib.sessions import middleware as sessions
from django.http import HttpRequest, HttpResponseForbidden
from django.http.response import HttpResponseBase
from django.middleware import csrf

from project.admin import is_admin
from uploads.threads import in_thread


class _ForCookies:
    """Calls a middleware's hooks for addresses with cookies, each in a thread."""

    get_response: Any

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        """Answers, or passes the request on."""
        if is_admin(request.path_info):
            answered: HttpResponseBase = super().__call__(request)  # type: ignore[misc]  # Django's
            return answered
        passed: HttpResponseBase = self.get_response(request)
        return passed

    async def __acall__(self, request: HttpRequest) -> HttpResponseBase:
        """Django's name for an asynchronous call; its own would take a thread for each request."""
        hooks: Any = self
        response: HttpResponseBase | None = None
        if hasattr(self, "process_request"):
            response = await in_thread(hooks.process_request, request)
        answered: HttpResponseBase = response or await self.get_response(request)
        if hasattr(self, "process_response"):
            answered = await in_thread(hooks.process_response, request, answered)
        return answered


class SessionMiddleware(_ForCookies, sessions.SessionMiddleware):
    """The session that a cookie names."""


class CsrfViewMiddleware(_ForCookies, csrf.CsrfViewMiddleware):
    """Forms come from our own pages."""

    def __init__(self, get_response: Any) -> None:
        super().__init__(get_response)
        if iscoroutinefunction(get_response):
            self.process_view = self._judge_in_thread  # type: ignore[assignment]  # Django takes both

    def process_view(
        self, request: HttpRequest, callback: Any, callback_args: Any, callback_kwargs: Any
    ) -> HttpResponseForbidden | None:
        """Django's hook before a view: refuses a form from elsewhere."""
        if not is_admin(request.path_info):
            return None
        return super().process_view(request, callback, callback_args, callback_kwargs)

    async def _judge_in_thread(
        self, request: HttpRequest, callback: Any, callback_args: Any, callback_kwargs: Any
    ) -> HttpResponseForbidden | None:
        if not is_admin(request.path_info):
            return None
        judge = super().process_view
        return await in_thread(judge, request, callback, callback_args, callback_kwargs)


class AuthenticationMiddleware(_ForCookies, auth.AuthenticationMiddleware):
    """The user that a session names."""


class MessageMiddleware(_ForCookies, messages.MessageMiddleware):
    """What a page tells about the one before."""
