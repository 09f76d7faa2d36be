"""What a model's `model.toml` tells people of it: its task and its card."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Task = Literal[
    "text-recognition",
    "background-removal",
    "style-transfer",
    "classification",
    "upscaling",
    "orientation",
    "moderation",
]
"""What a model is for, in one word that programs can choose by."""

MAX_TEXT = 1000
"""Characters of one entry of a card."""


class Card(BaseModel):
    """What to know before relying on a model. Each is plain text; empty: not told."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    purpose: str = Field("", max_length=MAX_TEXT)
    """What it is for."""
    limits: str = Field("", max_length=MAX_TEXT)
    """What it cannot do, and where it goes wrong."""
    quality: str = Field("", max_length=MAX_TEXT)
    """How often it is right, and on what that was measured."""
    time: str = Field("", max_length=MAX_TEXT)
    """How long an image takes, and on what that was measured."""
    memory: str = Field("", max_length=MAX_TEXT)
    """How much one of its processes uses."""
    license: str = Field("", max_length=MAX_TEXT)
    """Of its code and weights, by SPDX identifiers where there are any."""
    source: str = Field("", max_length=MAX_TEXT)
    """Where its weights and its method come from."""
