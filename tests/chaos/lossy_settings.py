"""Darkroom's settings with a channel layer that loses most of what it is given."""

from tests.quick_settings import *  # noqa: F403
from tests.quick_settings import CHANNEL_LAYERS

CHANNEL_LAYERS["default"]["BACKEND"] = "tests.chaos.lossy_layer.LossyRedisChannelLayer"
