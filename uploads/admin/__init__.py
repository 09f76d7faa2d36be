"""The admin audits: it can requeue, cancel, load and unload, but changes no fact."""

from uploads.admin import (
    accounts,
    catalog,
    commands,
    events,
    images,
    machines,
    pauses,
    predictions,
    splits,
    uploads,
    usage,
    workers,
)

__all__ = [
    "accounts",
    "catalog",
    "commands",
    "events",
    "images",
    "machines",
    "pauses",
    "predictions",
    "splits",
    "uploads",
    "usage",
    "workers",
]
