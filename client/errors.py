"""What can go wrong, each with a stable code and one clear sentence."""

from typing import Any


class ClientError(Exception):
    """The command can't go on: `code` is stable, the text is one clear sentence."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class SignInError(ClientError):
    """The server doesn't know these credentials, or has signed this client out."""


class UnreachableError(ClientError):
    """The server gave no usable answer for as long as the client's timeout lasts."""


class RefusedError(ClientError):
    """The server understood and said no.

    `status` is the HTTP status, `details` the entries of the answer's `errors`.
    """

    def __init__(
        self, status: int, code: str, message: str, details: list[dict[str, Any]] | None = None
    ) -> None:
        self.status = status
        self.details = details or []
        reasons = [str(entry.get("message", "")) for entry in self.details]
        super().__init__(code, " ".join(dict.fromkeys([message, *reasons])))

    @property
    def is_out_of_bytes(self) -> bool:
        """Whether the user's quota of bytes is full, which no waiting changes."""
        fields = {entry.get("field") for entry in self.details}
        return self.code == "quota_exceeded" and "bytes" in fields
