"""A worker's engine, as the settings have it."""

from django.conf import settings

from inference.engine.confinement import Reach
from inference.engine.engine import Engine
from inference.engine.observer import Observer
from inference.engine.types import DecodeLimits


def new_engine(observer: Observer) -> Engine:
    """One that is not started yet."""
    return Engine(
        settings.MODEL_REPOSITORIES,
        DecodeLimits(
            formats=settings.IMAGE_FORMATS,
            max_pixels=settings.MAX_IMAGE_PIXELS,
            max_side=settings.MAX_IMAGE_SIDE,
        ),
        reach=Reach(
            writes=[settings.MEDIA_ROOT],
            reads=settings.MODEL_PATHS,
            hidden=settings.SECRET_PATHS,
        ),
        observer=observer,
    )
