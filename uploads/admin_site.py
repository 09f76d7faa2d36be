"""The admin's site: its form for signing in answers refusals as the API does."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from unfold.forms import AuthenticationForm
from unfold.sites import UnfoldAdminSite

from uploads.actors import actor_of
from uploads.errors import UploadsError
from uploads.sign_in import tokens
from uploads.sign_in.denials import PasswordsBusy, TooManyFailures

STATUS = {TooManyFailures: 429, PasswordsBusy: 503}
RETRY_AFTER_SECONDS = 5


class SignInForm(AuthenticationForm):  # type: ignore[misc]  # it has no types
    """Name and password; says it in a sentence where they are not even looked at."""

    def clean(self) -> Any:
        """The fields, with the user they sign in."""
        try:
            return super().clean()
        except UploadsError as error:
            self.request.sign_in_refusal = error
            raise forms.ValidationError(error.message, error.code) from None


class AdminSite(UnfoldAdminSite):  # type: ignore[misc]  # it has no types
    """Unfold's, with a form for signing in that is throttled."""

    login_form = SignInForm

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The page for signing in; its form once more, with 429 or 503, where it is refused."""
        page: HttpResponse = super().login(request, extra_context)
        refusal = getattr(request, "sign_in_refusal", None)
        if isinstance(refusal, UploadsError):
            page.status_code = STATUS[type(refusal)]
            page["Retry-After"] = str(refusal.retry_after or RETRY_AFTER_SECONDS)
        return page

    def password_change(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The page for one's own new password, which ends one's sign-ins elsewhere."""
        user: Any = request.user
        with tokens.noting_ends(user.pk, actor_of(request)):
            page: HttpResponse = super().password_change(request, extra_context)
        return page
