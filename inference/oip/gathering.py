"""What several workers say, as one: each has its own engine, and a client sees one server."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from inference.oip.messages import ModelStatistics

_BEST_FIRST: Final = ("READY", "LOADING", "UNLOADING", "UNAVAILABLE", "UNKNOWN")


def merged_index(indexes: Iterable[Iterable[Any]]) -> list[Any]:
    """The ModelIndex entries of several repositories: of each version the best that any says."""
    best: dict[tuple[str, str], Any] = {}
    for entry in (entry for index in indexes for entry in index):
        key = (entry.name, entry.version)
        if key not in best or _rank(entry) < _rank(best[key]):
            best[key] = entry
    return [best[key] for key in sorted(best, key=_in_order)]


def _rank(entry: Any) -> int:
    return _BEST_FIRST.index(entry.state) if entry.state in _BEST_FIRST else len(_BEST_FIRST)


def merged_statistics(statistics: Iterable[Iterable[Any]]) -> list[Any]:
    """The ModelStatistics of several engines: of each version the sums."""
    sums: dict[tuple[str, str], Any] = {}
    for entry in (entry for one in statistics for entry in one):
        key = (entry.name, entry.version)
        if key not in sums:
            sums[key] = ModelStatistics(name=entry.name, version=entry.version)
        _add(sums[key], entry)
    return [sums[key] for key in sorted(sums, key=_in_order)]


def _in_order(key: tuple[str, str]) -> tuple[str, int]:
    name, version = key
    return name, int(version) if version.isdecimal() else 0


def _add(total: Any, entry: Any) -> None:
    total.last_inference = max(total.last_inference, entry.last_inference)
    total.inference_count += entry.inference_count
    total.execution_count += entry.execution_count
    _add_durations(total.inference_stats, entry.inference_stats)
    for batch in entry.batch_stats:
        same = _same(total.batch_stats, batch, ("batch_size",))
        _add_durations(same, batch)
    for memory in entry.memory_usage:
        same = _same(total.memory_usage, memory, ("type", "id"))
        same.byte_size += memory.byte_size
    total.batch_stats.sort(key=lambda one: one.batch_size)


def _same(entries: Any, entry: Any, keys: Sequence[str]) -> Any:
    """The one of the entries that is alike in these fields; where there is none yet, a new one."""
    alike = {key: getattr(entry, key) for key in keys}
    for one in entries:
        if all(getattr(one, key) == value for key, value in alike.items()):
            return one
    return entries.add(**alike)


def _add_durations(total: Any, entry: Any) -> None:
    """Adds up those fields that are a StatisticDuration."""
    for field, value in entry.ListFields():
        if field.message_type is not None and field.message_type.name == "StatisticDuration":
            target = getattr(total, field.name)
            # Marked as there also where both are 0.
            target.SetInParent()
            target.count += value.count
            target.ns += value.ns
