"""What can be asked for now: the catalog against what live workers hold and what was commanded."""

from collections.abc import Collection
from typing import Final

from uploads import statements
from uploads.catalog import holdings, splits
from uploads.catalog.holdings import Holdings
from uploads.catalog.splits import Splits
from uploads.models import Model, ModelVersion, TrafficSplit
from uploads.statements import CatalogNow

NO_WORKER: Final = "no_worker"


class Availability:
    """What is served at one moment."""

    def __init__(self, held: Holdings, unloaded: Collection[str], in_force: Splits) -> None:
        self.held = held
        self._unloaded = unloaded
        self._splits = in_force

    def default_version(self, model: Model) -> str:
        """What a split of traffic gives what it doesn't share out; without one the highest number
        that did not leave with its worker; else the highest; empty: none."""
        return self._split_version(model, "") or self._highest(model)

    def _highest(self, model: Model) -> str:
        versions = list(model.versions.all())
        here = [one for one in versions if not self._is_gone(one)]
        return max((one.version for one in here or versions), key=int, default="")

    def find(self, model: Model, number_or_label: str) -> str:
        """The number of the version that is meant, rather one that did not leave with its worker;
        empty: there is none."""
        if split := self._split_version(model, number_or_label):
            return split
        found = [
            one for one in model.versions.all() if number_or_label in {one.version, *one.labels}
        ]
        return min(found, key=self._is_gone).version if found else ""

    def split(self, model: Model, label: str) -> TrafficSplit | None:
        """That of a label, or of what names no version (empty), which shares out now: its new
        version would be computed."""
        split = self._splits.get((model.name, label))
        if split is None or split.state != TrafficSplit.State.RUNNING:
            return None
        is_there = self._is_here(model, split.to_version)
        return split if is_there and not self.refusal(model, split.to_version) else None

    def _split_version(self, model: Model, label: str) -> str:
        """The version that all get whom a split does not send elsewhere; empty: there is none."""
        split = self._splits.get((model.name, label))
        if split is None:
            return ""
        first, second = splits.by_precedence(split)
        if self._is_here(model, first):
            return first
        is_other_one = split.state != TrafficSplit.State.ROLLED_BACK
        return second if is_other_one and self._is_here(model, second) else ""

    def _is_here(self, model: Model, version: str) -> bool:
        found = [one for one in model.versions.all() if one.version == version]
        return any(not self._is_gone(one) for one in found)

    def is_unloaded(self, model: str) -> bool:
        """Whether it shall not be loaded."""
        return model in self._unloaded

    def refusal(self, model: Model, version: str) -> str:
        """Why a request for this version is refused now: one sentence; empty: it is not.

        Without any live worker nothing is: what is taken is served when one comes back.
        """
        if self.is_unloaded(model.name):
            return f"The model '{model.name}' is unloaded."
        if self.held.is_broken(model.name) or not model.versions.all():
            return f"The model '{model.name}' cannot be used at the moment."
        if not version:
            # There is none: no moment to wait for.
            return ""
        obstacle = self.held.obstacle(model.name, version)
        if obstacle is None or obstacle.code == NO_WORKER or self._may_return(model, version):
            return ""
        return obstacle.message

    def _may_return(self, model: Model, version: str) -> bool:
        """Whether no worker has it, and the one that had it may be restarting."""
        if self.held.has(model.name, version):
            return False
        found = [one for one in model.versions.all() if one.version == version]
        return any(not self._is_gone(one) for one in found)

    def _is_gone(self, version: ModelVersion) -> bool:
        return self.held.is_gone(version.model_id, version.version, version.offered_at)


def read(catalog: CatalogNow | None = None) -> Availability:
    """What is served now; `catalog` is what was commanded, where it has just been read."""
    catalog = catalog or statements.catalog_now()
    in_force = splits.in_force() if catalog.has_splits else {}
    return Availability(holdings.read(), catalog.unloaded, in_force)
