"""What clients may send over the websocket: read strictly, refused in one sentence."""

from dataclasses import dataclass
from typing import Any, Final

from strictjson.parse import loads

MAX_MESSAGE_BYTES: Final = 8192
_MAX_SEQ: Final = 1 << 62


@dataclass(frozen=True)
class Hello:
    """Who is there, what they have seen, and whether they hear of models that come and go."""

    token: str
    epoch: str | None
    after: int | None
    models: bool = False


@dataclass(frozen=True)
class Auth:
    """A newer token of the same user."""

    token: str


@dataclass(frozen=True)
class Ack:
    """Everything up to `seq` is processed."""

    seq: int


@dataclass(frozen=True)
class Cancel:
    """Call this prediction off."""

    prediction: int


Message = Hello | Auth | Ack | Cancel


class NotUnderstood(Exception):
    """The message is not one of the contract's."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        self.message = message
        super().__init__(message)


def parse(text: str | None) -> Message:
    """The message in a text frame.

    Raises:
        NotUnderstood: it is binary, too long, not JSON, or of no known shape.
    """
    if text is None or len(text) > MAX_MESSAGE_BYTES:
        raise NotUnderstood("invalid_message", "Send JSON text of at most 8 KiB.")
    try:
        body = loads(text)
    except ValueError:
        raise NotUnderstood("invalid_message", "This is not JSON.") from None
    if not isinstance(body, dict):
        raise NotUnderstood("invalid_message", "This is not a JSON object.")
    match body.get("type"):
        case "hello":
            after = _maybe_seq(body, "after")
            return Hello(_text(body, "token"), _epoch(body), after, _flag(body, "models"))
        case "auth":
            return Auth(_text(body, "token"))
        case "ack":
            return Ack(_seq(body, "seq"))
        case "cancel":
            return Cancel(_seq(body, "prediction"))
        case _:
            raise NotUnderstood("unknown_type", "Say hello, auth, ack or cancel.")


def _text(body: dict[str, Any], name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str):
        raise NotUnderstood("invalid_message", f"'{name}' is text.")
    return value


def _epoch(body: dict[str, Any]) -> str | None:
    return None if body.get("epoch") is None else _text(body, "epoch")


def _flag(body: dict[str, Any], name: str) -> bool:
    value = body.get(name, False)
    if not isinstance(value, bool):
        raise NotUnderstood("invalid_message", f"'{name}' is true or false.")
    return value


def _seq(body: dict[str, Any], name: str) -> int:
    value = body.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < _MAX_SEQ:
        raise NotUnderstood("invalid_message", f"'{name}' is a whole number.")
    return value


def _maybe_seq(body: dict[str, Any], name: str) -> int | None:
    return None if body.get(name) is None else _seq(body, name)
