"""A worker's engine, and what makes its thumbnails, as the settings have it."""

from django.conf import settings

from inference.engine.confinement import Reach
from inference.engine.engine import Engine
from inference.engine.observer import Observer
from inference.engine.remote import Remote
from inference.engine.thumbnailer import Thumbnailer
from inference.engine.types import DecodeLimits


def new_engine(observer: Observer, remote: Remote) -> Engine:
    """One that is not started yet; `remote` asks the servers of remote models."""
    reach = Reach(
        writes=[settings.MEDIA_ROOT],
        reads=settings.MODEL_PATHS,
        hidden=settings.SECRET_PATHS,
    )
    return Engine(
        settings.MODEL_REPOSITORIES, _limits(), reach=reach, remote=remote, observer=observer
    )


def new_thumbnailer() -> Thumbnailer:
    """One without a process yet."""
    reach = Reach(writes=[settings.MEDIA_ROOT], hidden=settings.SECRET_PATHS)
    return Thumbnailer(_limits(), reach)


def _limits() -> DecodeLimits:
    return DecodeLimits(
        formats=settings.IMAGE_FORMATS,
        max_pixels=settings.MAX_IMAGE_PIXELS,
        max_side=settings.MAX_IMAGE_SIDE,
    )
