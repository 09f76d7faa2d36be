"""The shapes of API keys."""

from datetime import datetime
from typing import Any, ClassVar

from django.utils import timezone
from rest_framework import serializers

from uploads.api.bodies import OneOf, StrictBody
from uploads.models import ApiKey, Scope, lengths


class Key(serializers.Serializer[ApiKey]):
    """A key as its owner sees it: never its secret part."""

    id = serializers.IntegerField(read_only=True)
    name = serializers.CharField(read_only=True)
    prefix = serializers.CharField(read_only=True)
    scopes = serializers.ListField(child=serializers.ChoiceField(Scope.choices), read_only=True)
    created_at = serializers.DateTimeField(read_only=True)
    expires_at = serializers.DateTimeField(read_only=True, allow_null=True)
    last_used_at = serializers.DateTimeField(read_only=True, allow_null=True)


class Moment(serializers.DateTimeField):
    """A moment that is none without its offset: it would be another one elsewhere."""

    default_error_messages: ClassVar[dict[str, Any]] = {
        "no_offset": "This is a moment with its offset, such as 2026-11-30T00:00:00Z."
    }

    def enforce_timezone(self, value: datetime) -> datetime:
        """The moment in UTC."""
        if value.tzinfo is None:
            self.fail("no_offset")
        moment: datetime = super().enforce_timezone(value)
        return moment


class NewKey(StrictBody[ApiKey], Key):
    """What a key is made of; `key`, its whole text, is shown this once."""

    name = serializers.CharField(max_length=lengths.KEY_NAME)
    scopes = serializers.ListField(
        child=OneOf(Scope.choices), min_length=1, max_length=len(Scope.choices)
    )
    expires_at = Moment(required=False, allow_null=True, default=None)
    key = serializers.CharField(read_only=True)

    def validate_scopes(self, scopes: list[str]) -> list[Scope]:
        return [scope for scope in Scope if scope in scopes]

    def validate_expires_at(self, expires_at: Any) -> Any:
        if expires_at is not None and expires_at <= timezone.now():
            raise serializers.ValidationError("This moment is over.")
        return expires_at
