"""Whether a job fits the model that it names."""

import logging

from inference.engine.config import ModelConfig
from inference.engine.errors import InvalidInput, JobFailure, ParamsRefused
from inference.engine.types import ImageJob, Job
from strictjson.schema import Uncheckable, image_params

logger = logging.getLogger(__name__)


def refusal_of(job: Job, config: ModelConfig) -> JobFailure | None:
    """Why this job does not fit the model; None: it does."""
    if isinstance(job, ImageJob):
        if not config.takes_images:
            return InvalidInput(f"The model {config.name} takes tensors, not images.")
        return _params_refusal(job, config)
    if not config.takes_tensors:
        return InvalidInput(f"The model {config.name} takes images, not tensors.")
    most = max(1, config.max_batch_size)
    if not 1 <= job.items <= most:
        return InvalidInput(f"A request for {config.name} has 1 to {most} items, not {job.items}.")
    return None


def _params_refusal(job: ImageJob, config: ModelConfig) -> ParamsRefused | None:
    try:
        refusal = config.refusal(job.params)
    except Uncheckable as error:
        logger.warning("The parameters for %s could not be checked: %s.", config.name, error)
        return ParamsRefused("The parameters cannot be checked.")
    if refusal:
        return ParamsRefused(refusal)
    for name in image_params(config.params):
        if name in job.params and name not in job.images:
            message = f"{name}: an image can be named by its id where images are uploaded only."
            return ParamsRefused(message)
    return None
