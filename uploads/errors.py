"""What can be wrong with a request, by its fact; borders translate it to their protocol."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class Fault:
    """One thing wrong with one field or one file of a request."""

    code: str
    message: str
    field: str | None = None
    position: int | None = None
    name: str | None = None

    def as_dict(self) -> dict[str, str | int]:
        names = ("field", "position", "name", "code", "message")
        return {name: value for name in names if (value := getattr(self, name)) is not None}


class UploadsError(Exception):
    """Base of this package's errors. Do not raise directly.

    The subclass's docstring is its default message.
    """

    code: ClassVar[str] = "error"
    retry_after: int | None = None
    """In how many seconds another try makes sense, where that is known."""

    def __init__(self, message: str = "", faults: tuple[Fault, ...] = ()) -> None:
        self.message = message or (self.__doc__ or "").strip().splitlines()[0]
        self.faults = faults
        super().__init__(self.message)


class Invalid(UploadsError):
    """The request is not valid."""

    code = "invalid"


class TooLarge(UploadsError):
    """The upload is too large."""

    code = "too_large"


class ModelNotFound(UploadsError):
    """There is no such model."""

    code = "model_not_found"


class InvalidParams(UploadsError):
    """The parameters do not fit the model."""

    code = "invalid_params"


class ModelUnavailable(UploadsError):
    """No model is available yet: the workers are still starting."""

    code = "model_unavailable"


class ModelTakesNoImages(UploadsError):
    """This model takes tensors, not images."""

    code = "model_takes_no_images"


class StaffAccount(UploadsError):
    """An account of staff is ended in the admin."""

    code = "staff_account"


class TooManyKeys(UploadsError):
    """You have as many API keys as one may have: revoke one that you no longer need."""

    code = "too_many_keys"


class TooManyWebhooks(UploadsError):
    """You have as many webhooks as one may have: delete one that you no longer need."""

    code = "too_many_webhooks"


class WebhookDisabled(UploadsError):
    """This webhook is disabled: enable it first."""

    code = "webhook_disabled"


class DeliveryPending(UploadsError):
    """This message is still being sent."""

    code = "delivery_pending"


class EventGone(UploadsError):
    """What this message told of was deleted."""

    code = "event_gone"


class MailNotSetUp(UploadsError):
    """This server sends no e-mail."""

    code = "mail_not_set_up"


class NoEmailAddress(UploadsError):
    """Your account has no e-mail address: ask whoever administers this server to enter it."""

    code = "no_email_address"


class NotCancelable(UploadsError):
    """This prediction has ended already."""

    code = "not_cancelable"


class NotRetryable(UploadsError):
    """Only a failed or canceled prediction can be tried again."""

    code = "not_retryable"


class NotWaiting(UploadsError):
    """Only what waits can be moved to the front."""

    code = "not_waiting"


class FrontIsFull(UploadsError):
    """As many of this model as may be are in front: move more when those have been taken."""

    code = "front_is_full"


class SourceGone(UploadsError):
    """The original image is no longer stored."""

    code = "source_gone"


class KeyReused(UploadsError):
    """This Idempotency-Key was used for an upload with other content."""

    code = "idempotency_key_reused"


class QuotaExceeded(UploadsError):
    """Your quota is used up."""

    code = "quota_exceeded"


class StorageQuotaExceeded(QuotaExceeded):
    """Your quota of bytes is used up: delete uploads that you no longer need."""


class BeyondQuota(QuotaExceeded):
    """This alone is more than your quota lets you have queued: send fewer at a time."""


class TooManyRequests(UploadsError):
    """These are too many requests in a minute: try again later."""

    code = "too_many_requests"

    def __init__(self, wait_seconds: int) -> None:
        super().__init__()
        self.retry_after = wait_seconds


class TooManyExports(UploadsError):
    """You have several downloads under way: wait until one of them has ended."""

    code = "too_many_exports"
    retry_after = 10


class NotCorrectable(UploadsError):
    """Only recognized text can be corrected."""

    code = "not_correctable"


class TooManyCorrections(UploadsError):
    """This result has as many corrections as one may have: run the model again for a fresh one."""

    code = "too_many_corrections"


class NoSuchLine(UploadsError):
    """The text has no such line."""

    code = "not_found"


class TextChanged(UploadsError):
    """The line was changed meanwhile: look at what it reads now, and correct that."""

    code = "text_changed"


class NotExportable(UploadsError):
    """Only recognized text has other forms."""

    code = "not_exportable"


class ExportsBusy(UploadsError):
    """Many documents are being made at the moment: try again in a few seconds."""

    code = "exports_busy"
    retry_after = 5


class StorageUnavailable(UploadsError):
    """The storage does not take files at the moment: try again later."""

    code = "storage_unavailable"
