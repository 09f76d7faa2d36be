"""The shapes of API keys."""

from typing import Any

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


class NewKey(StrictBody[ApiKey], Key):
    """What a key is made of; `key`, its whole text, is shown this once."""

    name = serializers.CharField(max_length=lengths.KEY_NAME)
    scopes = serializers.ListField(
        child=OneOf(Scope.choices), min_length=1, max_length=len(Scope.choices)
    )
    expires_at = serializers.DateTimeField(required=False, allow_null=True, default=None)
    key = serializers.CharField(read_only=True)

    def validate_scopes(self, scopes: list[str]) -> list[Scope]:
        return [scope for scope in Scope if scope in scopes]

    def validate_expires_at(self, expires_at: Any) -> Any:
        if expires_at is not None and expires_at <= timezone.now():
            raise serializers.ValidationError("This moment is over.")
        return expires_at
