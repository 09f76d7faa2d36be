"""The admin audits: it shows what happened and can requeue and cancel, but changes no fact."""

from uploads.admin import accounts, catalog, events, predictions, uploads

__all__ = ["accounts", "catalog", "events", "predictions", "uploads"]
