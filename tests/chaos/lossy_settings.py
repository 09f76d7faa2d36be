"""Darkroom's settings with a channel layer that loses most of what it is given."""

from project.settings import *  # noqa: F403
from project.settings import CHANNEL_LAYERS

CHANNEL_LAYERS["default"]["BACKEND"] = "tests.chaos.lossy_layer.LossyRedisChannelLayer"
