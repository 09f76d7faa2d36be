"""What the server and its models say of themselves."""

import importlib.metadata
from collections.abc import Iterable, Sequence
from typing import Any, Final

from inference.engine.config import MODEL_FILES, ModelConfig
from inference.engine.model_version import ModelVersion
from inference.engine.tensor_config import TensorConfig
from inference.oip.image_adapter import IMAGE, PARAMS, output_names
from inference.oip.messages import ModelConfig as ModelConfigMessage
from inference.oip.messages import ModelMetadataResponse, message

NAME: Final = "darkroom"
VERSION: Final = importlib.metadata.version(NAME)
EXTENSIONS: Final = (
    "classification",
    "model_repository",
    "model_configuration",
    "binary_tensor_data",
    "parameters",
    "statistics",
)

ServerMetadataResponse: Final = message("ServerMetadataResponse")
_MICROSECONDS_A_MS: Final = 1000
_STRING: Final = "BYTES"


def of_server() -> Any:
    """The ServerMetadataResponse."""
    return ServerMetadataResponse(name=NAME, version=VERSION, extensions=EXTENSIONS)


def of_model(version: ModelVersion, numbers: Sequence[str]) -> Any:
    """The ModelMetadataResponse of a version; `numbers`: all that are served.

    A model that takes tensors shows these, with the batch's dimension; that it takes images too is
    told by its configuration, in `parameters`. A model of images alone shows what every such model
    takes and gives.
    """
    config = version.config
    answer = ModelMetadataResponse(name=config.name, versions=numbers, platform=config.platform)
    for field, tensors in (
        (answer.inputs, inputs_of(config)),
        (answer.outputs, outputs_of(config)),
    ):
        for tensor in tensors:
            batch = (-1,) if config.takes_tensors and config.batches else ()
            field.add(name=tensor.name, datatype=tensor.datatype, shape=(*batch, *tensor.shape))
    return answer


def config_of(version: ModelVersion) -> Any:
    """The ModelConfig of a version.

    A model of images alone says max_batch_size 0, since each of its images is a request to the
    batcher: a request's first dimension is not that of a batch.
    """
    config = version.config
    answer = ModelConfigMessage(
        name=config.name,
        platform=config.platform,
        backend=config.backend,
        max_batch_size=config.max_batch_size if config.takes_tensors else 0,
        default_model_filename=MODEL_FILES.get(config.backend, ""),
    )
    _put_policy(answer, config)
    _put_tensors(answer, config)
    _put_instances(answer, config)
    _put_batching(answer, config)
    answer.model_transaction_policy.decoupled = False
    for key, text in _parameters(config).items():
        answer.parameters[key].string_value = text
    return answer


def inputs_of(config: ModelConfig) -> tuple[TensorConfig, ...]:
    """What a model takes, by the adapter that it shows; without the batch's dimension."""
    return config.inputs or _strings((IMAGE, PARAMS))


def outputs_of(config: ModelConfig) -> tuple[TensorConfig, ...]:
    """What a model gives, by the adapter that it shows; without the batch's dimension."""
    return config.outputs or _strings(output_names(config))


def _strings(names: Iterable[str]) -> tuple[TensorConfig, ...]:
    return tuple(TensorConfig(name=name, datatype=_STRING, shape=(-1,)) for name in names)


def _put_policy(answer: Any, config: ModelConfig) -> None:
    policy = config.version_policy
    if policy.latest:
        answer.version_policy.latest.num_versions = policy.latest
    elif policy.specific:
        answer.version_policy.specific.versions.extend(map(int, policy.specific))
    else:
        answer.version_policy.all.SetInParent()


def _put_tensors(answer: Any, config: ModelConfig) -> None:
    labels_file, of_labels = _labels(config)
    for tensor in inputs_of(config):
        answer.input.add(
            name=tensor.name,
            data_type=_data_type(tensor),
            dims=tensor.shape,
            optional=not config.takes_tensors and tensor.name == PARAMS,
            format=_format(config),
        )
    for tensor in outputs_of(config):
        answer.output.add(
            name=tensor.name,
            data_type=_data_type(tensor),
            dims=tensor.shape,
            label_filename=labels_file if tensor.name == of_labels else "",
        )


def _format(config: ModelConfig) -> str | None:
    if config.preprocessing and config.takes_tensors:
        return f"FORMAT_{config.preprocessing.layout}"
    return None


def _labels(config: ModelConfig) -> tuple[str, str]:
    """The file with the names of the classes, and the output whose they are; empty: none."""
    shown = config.interpretation
    if shown is None or shown.kind != "labels" or not config.takes_tensors:
        return "", ""
    return shown.labels_file, shown.output or config.outputs[0].name


def _put_instances(answer: Any, config: ModelConfig) -> None:
    instances = config.instances
    kind, _, number = instances.device.partition(":")
    answer.instance_group.add(
        name=config.name,
        count=instances.count,
        kind={"auto": "KIND_AUTO", "cpu": "KIND_CPU", "cuda": "KIND_GPU"}[kind],
        gpus=[int(number)] if number else [],
    )


def _put_batching(answer: Any, config: ModelConfig) -> None:
    if not config.batches:
        return
    batching = config.batching
    delay = round(batching.max_queue_delay_ms * _MICROSECONDS_A_MS)
    answer.dynamic_batching.max_queue_delay_microseconds = delay
    queue = answer.dynamic_batching.default_queue_policy
    queue.default_timeout_microseconds = (batching.timeout_ms or 0) * _MICROSECONDS_A_MS
    queue.allow_timeout_override = True
    queue.max_queue_size = batching.max_queue_size


def _parameters(config: ModelConfig) -> dict[str, str]:
    parameters: dict[str, str] = {"output_kind": config.output_kind}
    if config.description:
        parameters["description"] = config.description
    for label, number in config.labels.items():
        parameters[f"label.{label}"] = number
    if config.takes_images:
        parameters["image_inputs"] = ",".join((IMAGE, PARAMS))
        parameters["image_outputs"] = ",".join(output_names(config))
    return parameters


def _data_type(tensor: TensorConfig) -> str:
    return "TYPE_STRING" if tensor.datatype == _STRING else f"TYPE_{tensor.datatype}"
