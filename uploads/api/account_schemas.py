"""The shapes of accounts and tokens: for reading small bodies and for the OpenAPI document."""

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from rest_framework import serializers

from uploads.api.bodies import StrictBody
from uploads.models import User


class Username(serializers.RegexField):
    """A name, judged as it will be stored: letters that only look different are the same."""

    def __init__(self) -> None:
        super().__init__(
            r"^[\w.@+-]+\Z",
            max_length=150,
            error_messages={"invalid": "A name has letters, digits and @ . + - _ only."},
        )

    def to_internal_value(self, data: str) -> str:
        return User.normalize_username(super().to_internal_value(data))


class TypedUsername(serializers.CharField):
    """A name as somebody typed it to sign in: no longer than one can be, once normalized."""

    def to_internal_value(self, data: str) -> str:
        return User.normalize_username(super().to_internal_value(data))


class Registration(serializers.Serializer[User]):
    """A new account."""

    id = serializers.IntegerField(read_only=True)
    username = Username()
    password = serializers.CharField(write_only=True, max_length=128, trim_whitespace=False)

    def validate_username(self, name: str) -> str:
        if User.objects.named(name) is not None:
            raise serializers.ValidationError("This name is taken.", code="username_taken")
        return name

    def validate_password(self, password: str) -> str:
        try:
            validate_password(password, User(username=str(self.initial_data.get("username", ""))))
        except ValidationError as error:
            raise serializers.ValidationError(error.messages, code="weak_password") from None
        return password


class Quota(serializers.Serializer[None]):
    bytes_used = serializers.IntegerField()
    bytes_limit = serializers.IntegerField(allow_null=True)
    queued = serializers.IntegerField()
    queued_limit = serializers.IntegerField(allow_null=True)


class RequestRates(serializers.Serializer[None]):
    uploads = serializers.IntegerField(allow_null=True)
    v2 = serializers.IntegerField(allow_null=True)
    changes = serializers.IntegerField(
        allow_null=True,
        help_text="Keys, webhooks, corrections and exports that are made, and messages sent again.",
    )


class Possessions(serializers.Serializer[None]):
    uploads = serializers.IntegerField()
    images = serializers.IntegerField()
    predictions = serializers.IntegerField()


class Me(serializers.Serializer[User]):
    id = serializers.IntegerField()
    username = serializers.CharField()
    is_staff = serializers.BooleanField()
    quota = Quota()
    counts = Possessions(help_text="What is there and not deleted.")
    requests_per_minute = RequestRates()
    email = serializers.CharField(allow_blank=True)
    email_notices = serializers.BooleanField()


class MeChange(StrictBody[None]):
    """What users change of their own account."""

    email_notices = serializers.BooleanField()


class Credentials(serializers.Serializer[None]):
    username = TypedUsername(max_length=150)
    password = serializers.CharField(max_length=128, trim_whitespace=False, write_only=True)


class TokenPair(serializers.Serializer[None]):
    access = serializers.CharField()
    refresh = serializers.CharField()


class Refresh(serializers.Serializer[None]):
    refresh = serializers.CharField(max_length=4096)
