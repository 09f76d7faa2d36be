"""From what the parent says about a model to what computes it. Runs in the child."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from inference.engine.child import backends
from inference.engine.child.decode import ScaleNeeded, full_scale, longest_side
from inference.engine.child.image_adapter import ImageAdapter
from inference.engine.child.interpret import Interpreter, read_labels
from inference.engine.child.network import Network
from inference.engine.child.remote import BACKEND, RemoteModel, Worker
from inference.engine.image_config import Interpretation, Preprocessing
from inference.engine.model import ImageModel, LoadContext, TensorModel
from inference.engine.signature import Signature
from inference.engine.tensor_config import TensorConfig
from inference.engine.to_child import Load


@dataclass(frozen=True)
class LoadedModel:
    """A model that is ready to compute: its author's code for images, or a network."""

    output_kind: str
    scale_needed: ScaleNeeded
    """At what scale it makes use of an image."""
    device: str
    """Where it computes: `cpu`, `cuda:0`, `remote`."""
    author: ImageModel | None = None
    network: Network | None = None
    adapter: ImageAdapter | None = None
    """What makes images a network's business; None: it takes tensors only."""

    @property
    def takes_images(self) -> bool:
        return self.author is not None or self.adapter is not None


def load_model(load: Load, worker: Worker) -> LoadedModel:
    """Load it as it is declared; `worker` is asked where another server computes.

    Raises:
        LoadError: it cannot be loaded, or is not what it was declared to be.
        Exception: whatever its author's code raises.
    """
    context = LoadContext(Path(load["files"]), load["device"], load["threads"])
    places = (Path(load["files"]), Path(load["folder"]))
    if not load["inputs"]:
        author = backends.load_images(load["backend"], places, context)
        return LoadedModel(
            load["output_kind"], _scale_needed(load, None), context.computes_on, author=author
        )
    inputs, outputs = _tensors(load["inputs"]), _tensors(load["outputs"])
    signature = Signature(inputs, outputs, load["max_batch_size"])
    adapter = _image_adapter(load, places, signature)
    model: TensorModel
    if load["backend"] == BACKEND:
        model, context.computes_on = RemoteModel(signature, worker), BACKEND
    else:
        model = backends.load_tensors(load["backend"], places, context, signature)
    return LoadedModel(
        load["output_kind"],
        _scale_needed(load, adapter),
        context.computes_on,
        network=Network(model, signature),
        adapter=adapter,
    )


def _tensors(declared: list[dict[str, Any]]) -> tuple[TensorConfig, ...]:
    return tuple(TensorConfig.model_validate(tensor) for tensor in declared)


def _image_adapter(
    load: Load, places: tuple[Path, Path], signature: Signature
) -> ImageAdapter | None:
    preprocessing, interpretation = load["preprocessing"], load["interpretation"]
    if preprocessing is None or interpretation is None:
        return None
    how = Interpretation.model_validate(interpretation)
    interpreter = Interpreter(how, signature.outputs, read_labels(how, places))
    return ImageAdapter(Preprocessing.model_validate(preprocessing), interpreter, signature)


def _scale_needed(load: Load, adapter: ImageAdapter | None) -> ScaleNeeded:
    if load["max_side"] is not None:
        return longest_side(load["max_side"])
    return adapter.needed_scale if adapter else full_scale
