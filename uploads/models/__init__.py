"""The tables: who, what was uploaded, predicted and used, what happened, which models there are."""

from uploads.models.accounts import FailedSignIns, Session, User
from uploads.models.api_key import ApiKey, Scope
from uploads.models.archive import ArchiveTask
from uploads.models.catalog import (
    Model,
    ModelCommand,
    ModelSample,
    ModelVersion,
    QueuePause,
    Worker,
    WorkerDrain,
)
from uploads.models.correction import Correction, ModelOutput
from uploads.models.event import Event, EventStream
from uploads.models.export import Export
from uploads.models.notice import EmailNotices
from uploads.models.prediction import Prediction
from uploads.models.saved_search import SavedSearch
from uploads.models.traffic import TrafficSplit
from uploads.models.upload import FileRemoval, Image, Upload, Volume
from uploads.models.usage import Usage
from uploads.models.webhook import Webhook, WebhookDelivery

__all__ = [
    "ApiKey",
    "ArchiveTask",
    "Correction",
    "EmailNotices",
    "Event",
    "EventStream",
    "Export",
    "FailedSignIns",
    "FileRemoval",
    "Image",
    "Model",
    "ModelCommand",
    "ModelOutput",
    "ModelSample",
    "ModelVersion",
    "Prediction",
    "QueuePause",
    "SavedSearch",
    "Scope",
    "Session",
    "TrafficSplit",
    "Upload",
    "Usage",
    "User",
    "Volume",
    "Webhook",
    "WebhookDelivery",
    "Worker",
    "WorkerDrain",
]
