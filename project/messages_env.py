"""The part of the environment that is about messages to users' servers and mailboxes."""

from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings


class MessagesEnv(BaseSettings):
    """Read as part of `project.env`."""

    webhook_allow_private: bool = False
    """Whether webhooks may go to private addresses and without TLS. Only where all users may reach
    whatever the workers reach."""
    webhook_max_per_user: int = Field(10, gt=0)
    """How many webhooks a user may have."""

    email_host: str = ""
    """The mail server. Empty: no e-mail is sent."""
    email_port: int = Field(587, ge=1, le=65_535)
    """Its port."""
    email_host_user: str = ""
    """The name to sign in there with. Empty: nobody signs in."""
    email_host_password: str = ""
    """The password to sign in there with."""
    email_tls: Literal["starttls", "tls", "none"] = "starttls"
    """How the connection is encrypted: after it was opened, from its first byte on, or not."""
    email_from: str = "darkroom@localhost"
    """The address that messages come from."""
