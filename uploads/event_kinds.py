"""The kinds of events: what each tells, which are for the audit alone, which end a prediction."""

from enum import StrEnum
from typing import Final

from uploads.states import State


class Kind(StrEnum):
    """What an event tells."""

    UPLOAD_CREATED = "upload.created"
    UPLOAD_DELETED = "upload.deleted"
    IMAGE_DELETED = "image.deleted"
    """One image of an upload whose others stay."""
    PREDICTION_QUEUED = "prediction.queued"
    PREDICTION_STARTED = "prediction.started"
    PREDICTION_REQUEUED = "prediction.requeued"
    PREDICTION_SUCCEEDED = "prediction.succeeded"
    PREDICTION_FAILED = "prediction.failed"
    PREDICTION_CANCELED = "prediction.canceled"
    PREDICTION_CORRECTED = "prediction.corrected"
    """Its user has corrected a line of its text, after it has succeeded."""
    IMAGE_THUMBNAILED = "image.thumbnailed"
    """It has a thumbnail, which no `prediction.succeeded` tells: that of one that waits, is still
    running, or failed."""
    IMAGE_ARCHIVED = "image.archived"
    """The archive holds its original, as it came."""
    IMAGE_PURGED = "image.purged"
    """Its original and its results have left the local storage."""
    IMAGE_PINNED = "image.pinned"
    """Retention leaves its local files alone from now on."""
    IMAGE_UNPINNED = "image.unpinned"
    """Retention treats it as any other."""
    CANCEL_REQUESTED = "prediction.cancel_requested"
    """For the audit alone: somebody asked; the cancellation itself is an event of its own."""
    MOVED_TO_FRONT = "prediction.moved_to_front"
    """For the audit alone: an operator has it claimed before all others."""
    FILE_DOWNLOADED = "image.downloaded"
    """For the audit alone."""
    IMAGES_EXPORTED = "images.exported"
    """For the audit alone: somebody took images or results along, which and in which form."""
    IMAGE_VIEWED = "image.viewed"
    """For the audit alone: somebody has looked at a picture in the admin."""
    SIGNED_IN = "user.signed_in"
    """For the audit alone."""
    SIGNED_OUT = "user.signed_out"
    """For the audit alone."""
    PASSWORD_CHANGED = "user.password_changed"  # noqa: S105  # no password
    """For the audit alone: by the user, which ended all of their other sign-ins."""
    ACCOUNT_DELETED = "user.deleted"
    """For the audit alone: by the user, with all that they had."""
    SESSIONS_ENDED = "user.sessions_ended"
    """For the audit alone: all of a user's sign-ins were ended at once."""
    SIGN_IN_FAILED = "user.sign_in_failed"
    """For the audit alone: a wrong password, of nobody (0) where there is no such name."""
    LIMITS_CHANGED = "user.limits_changed"
    """For the audit alone: somebody changed what a user may keep, queue or ask for."""
    REFRESH_REUSED = "user.refresh_reused"
    """For the audit alone: a spent refresh token was used again, which has ended its sign-in."""
    KEY_CREATED = "key.created"
    """For the audit alone: an API key was made."""
    KEY_REVOKED = "key.revoked"
    """For the audit alone: an API key does nothing from now on."""
    WEBHOOK_CREATED = "webhook.created"
    """For the audit alone."""
    WEBHOOK_CHANGED = "webhook.changed"
    """For the audit alone."""
    WEBHOOK_DELETED = "webhook.deleted"
    """For the audit alone."""
    WEBHOOK_DISABLED = "webhook.disabled"
    """Nothing is sent to it any more, for the reason that it tells."""
    LOAD_REQUESTED = "model.load_requested"
    """For the audit alone."""
    UNLOAD_REQUESTED = "model.unload_requested"
    """For the audit alone."""
    QUEUE_PAUSED = "model.queue_paused"
    """For the audit alone: what waits for a model is not claimed from now on."""
    QUEUE_RESUMED = "model.queue_resumed"
    """For the audit alone."""
    SPLIT_STARTED = "model.split_started"
    """For the audit alone: two versions share what asks for a label, or for no version."""
    SPLIT_CHANGED = "model.split_changed"
    """For the audit alone: from now on they share it otherwise."""
    SPLIT_FINISHED = "model.split_finished"
    """For the audit alone: the new version gets all of it."""
    SPLIT_ROLLED_BACK = "model.split_rolled_back"
    """For the audit alone: the old version gets all of it again, by a person or by itself."""
    SPLIT_REMOVED = "model.split_removed"
    """For the audit alone: the model's folder says again what is meant."""
    DRAIN_REQUESTED = "worker.drain_requested"
    """For the audit alone: a worker shall finish what it holds and take nothing new."""
    DRAIN_WITHDRAWN = "worker.drain_withdrawn"
    """For the audit alone."""
    EVENTS_EXPORTED = "events.exported"
    """For the audit alone: somebody took events along, by which filter."""
    EVENTS_PRUNED = "events.pruned"
    """For the audit alone: old events were removed, so many of all users."""


AUDIT_ONLY: Final = frozenset(
    {
        Kind.CANCEL_REQUESTED,
        Kind.MOVED_TO_FRONT,
        Kind.FILE_DOWNLOADED,
        Kind.IMAGES_EXPORTED,
        Kind.IMAGE_VIEWED,
        Kind.SIGNED_IN,
        Kind.SIGNED_OUT,
        Kind.PASSWORD_CHANGED,
        Kind.ACCOUNT_DELETED,
        Kind.SESSIONS_ENDED,
        Kind.SIGN_IN_FAILED,
        Kind.LIMITS_CHANGED,
        Kind.REFRESH_REUSED,
        Kind.KEY_CREATED,
        Kind.KEY_REVOKED,
        Kind.WEBHOOK_CREATED,
        Kind.WEBHOOK_CHANGED,
        Kind.WEBHOOK_DELETED,
        Kind.LOAD_REQUESTED,
        Kind.UNLOAD_REQUESTED,
        Kind.QUEUE_PAUSED,
        Kind.QUEUE_RESUMED,
        Kind.SPLIT_STARTED,
        Kind.SPLIT_CHANGED,
        Kind.SPLIT_FINISHED,
        Kind.SPLIT_ROLLED_BACK,
        Kind.SPLIT_REMOVED,
        Kind.DRAIN_REQUESTED,
        Kind.DRAIN_WITHDRAWN,
        Kind.EVENTS_EXPORTED,
        Kind.EVENTS_PRUNED,
    }
)

ENDING: Final = {
    State.SUCCEEDED: Kind.PREDICTION_SUCCEEDED,
    State.FAILED: Kind.PREDICTION_FAILED,
    State.CANCELED: Kind.PREDICTION_CANCELED,
}

WITH_OUTPUT: Final = (Kind.PREDICTION_SUCCEEDED, Kind.PREDICTION_CORRECTED)
"""Those that are sent with the output as it is then."""
