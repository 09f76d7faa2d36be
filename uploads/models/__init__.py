"""The tables: who, what was uploaded, what is predicted, what happened, which models there are."""

from uploads.models.accounts import Session, User
from uploads.models.catalog import Model, ModelVersion, Worker
from uploads.models.event import Event, EventStream
from uploads.models.prediction import Prediction
from uploads.models.upload import FileRemoval, Image, Upload, Volume

__all__ = [
    "Event",
    "EventStream",
    "FileRemoval",
    "Image",
    "Model",
    "ModelVersion",
    "Prediction",
    "Session",
    "Upload",
    "User",
    "Volume",
    "Worker",
]
