"""The part of the environment that bounds what one client, user or upload may cost."""

from functools import cached_property

from pydantic import Field
from pydantic_settings import BaseSettings

MEGABYTE = 1_000_000
MEBIBYTE = 1024 * 1024


class LimitsEnv(BaseSettings):
    """Read as part of `project.env`."""

    max_image_bytes: int = Field(25 * MEGABYTE, gt=0)
    """The largest image file accepted, in bytes."""
    max_image_pixels: int = Field(64_000_000, gt=0)
    """The largest image accepted, in pixels (width times height)."""
    max_images_per_upload: int = Field(100, gt=0)
    """How many images one upload may hold."""
    max_upload_bytes: int = Field(512 * MEGABYTE, gt=0)
    """The largest upload accepted, in bytes."""
    max_incoming_bytes: int = Field(4_000 * MEGABYTE, gt=0)
    """What all requests that are arriving at one web process may hold together, in bytes."""
    max_requests_per_address: int = Field(256, gt=0)
    """How many requests with a body one address may be sending to one web process."""
    max_connections_per_address: int = Field(4_000, gt=0)
    """How many connections (or, behind trusted proxies, requests and websockets under way) one
    address may have at one web process. One more closes that which waits longest for a request."""
    quota_bytes: int = Field(0, ge=0)
    """Bytes of originals a user may keep. 0: no limit. A user's own quota goes before it."""
    quota_queued: int = Field(0, ge=0)
    """Predictions a user may have queued. 0: no limit. A user's own quota goes before it."""

    throttle_sign_in_name: int = Field(10, ge=0)
    """Failed sign-ins a minute with one name, beyond which it is refused. 0: no limit."""
    throttle_sign_in_address: int = Field(30, ge=0)
    """Failed sign-ins a minute from one address, beyond which it is refused. 0: no limit."""
    throttle_registration: int | None = Field(None, ge=0)
    """Registrations a minute from one address. 0: no limit. Unset: none on SQLite, 30 otherwise."""
    throttle_uploads: int = Field(0, ge=0)
    """Requests a minute of one user that give models work. 0: no limit."""
    throttle_v2: int = Field(0, ge=0)
    """Requests a minute of one user by the Open Inference Protocol. 0: no limit."""
    throttle_changes: int = Field(600, ge=0)
    """API keys, webhooks and corrections that a user makes a minute. 0: no limit."""
    max_waits_per_user: int = Field(100, gt=0)
    """How many requests with `?wait=` a user may have at one web process; one more is answered at
    once."""
    max_sockets_per_user: int = Field(20, gt=0)
    """How many websockets a user may hold at all web processes together."""
    max_api_keys_per_user: int = Field(20, gt=0)
    """How many API keys that count a user may have."""

    @cached_property
    def max_request_bytes(self) -> int:
        """The largest request: an upload, and what a form writes around its files."""
        return self.max_upload_bytes + MEBIBYTE
