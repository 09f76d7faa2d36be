"""Messages are signed as the Standard Webhooks specification says, version 1.0.0 (HMAC-SHA256)."""

import base64
import secrets
from datetime import UTC, datetime
from typing import Final

from standardwebhooks import Webhook

_SECRET_BYTES: Final = 32


def new_secret() -> str:
    """A key to sign with: `whsec_` and 256 random bits in base64."""
    return f"whsec_{base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()}"


def headers(secret: str, message_id: str, body: bytes) -> dict[str, str]:
    """What the receiver believes this body by: who it is from, and that it is of now."""
    now = datetime.now(UTC)
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(secret).sign(message_id, now, body.decode()),
    }
