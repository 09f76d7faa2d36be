"""The protocol's messages as JSON documents, and what several workers say as one."""

from typing import Any

import pytest

from inference.oip.gathering import merged_index, merged_statistics
from inference.oip.messages import (
    ModelConfig,
    ModelInferResponse,
    ModelStatistics,
    RepositoryIndexResponse,
)
from inference.oip.rest_json import as_json, without_empty

ModelIndex = RepositoryIndexResponse.ModelIndex


def test_numbers_of_64_bits_are_numbers() -> None:
    statistics = ModelStatistics(last_inference=2**53, inference_count=3)
    statistics.inference_stats.success.ns = 5
    values = as_json(statistics)
    assert values["last_inference"] == 2**53
    assert values["inference_count"] == 3
    assert values["inference_stats"]["success"] == {"count": 0, "ns": 5}


def test_a_configuration_says_what_is_zero_and_leaves_out_what_is_not_set() -> None:
    config = ModelConfig(name="adder")
    config.input.add(name="a", data_type="TYPE_FP32", dims=[-1, 4])
    config.version_policy.all.SetInParent()
    config.parameters["unit"].string_value = "mm"
    values = as_json(config)
    assert values["max_batch_size"] == 0
    assert values["input"] == [
        {
            "name": "a",
            "data_type": "TYPE_FP32",
            "format": "FORMAT_NONE",
            "dims": [-1, 4],
            "optional": False,
        }
    ]
    assert values["version_policy"] == {"all": {}}
    assert values["parameters"] == {"unit": {"string_value": "mm"}}
    assert values["output"] == []
    assert "dynamic_batching" not in values


def test_parameters_are_plain_values() -> None:
    response = ModelInferResponse()
    response.parameters["count"].int64_param = 7
    assert as_json(response)["parameters"] == {"count": 7}


def test_an_entry_of_the_index_has_only_what_it_knows() -> None:
    assert without_empty(as_json(ModelIndex(name="adder"))) == {"name": "adder"}


# Several workers.


def entry(state: str, reason: str = "", version: str = "1", name: str = "adder") -> Any:
    return ModelIndex(name=name, version=version, state=state, reason=reason)


def test_a_version_stands_as_well_as_at_the_worker_where_it_stands_best() -> None:
    here = [entry("UNAVAILABLE", "unloaded"), entry("LOADING", version="10")]
    there = [entry("READY"), entry("READY", version="2"), entry("UNKNOWN", name="able")]
    found = [(one.name, one.version, one.state) for one in merged_index([here, there])]
    assert found == [
        ("able", "1", "UNKNOWN"),
        ("adder", "1", "READY"),
        ("adder", "2", "READY"),
        ("adder", "10", "LOADING"),
    ]


def counted(count: int, *sizes: int, memory: int = 0) -> Any:
    statistics = ModelStatistics(
        name="adder", version="1", last_inference=count, inference_count=count, execution_count=1
    )
    statistics.inference_stats.success.count = count
    statistics.inference_stats.success.ns = 100 * count
    statistics.inference_stats.cache_hit.SetInParent()
    for size in sizes:
        statistics.batch_stats.add(batch_size=size).compute_infer.count = count
    if memory:
        statistics.memory_usage.add(type="CPU", id=0, byte_size=memory)
    return statistics


def test_what_workers_have_counted_is_added_up() -> None:
    (total,) = merged_statistics([[counted(2, 4, memory=10)], [counted(3, 1, 4, memory=5)], []])
    assert (total.last_inference, total.inference_count, total.execution_count) == (3, 5, 2)
    assert (total.inference_stats.success.count, total.inference_stats.success.ns) == (5, 500)
    assert total.inference_stats.HasField("cache_hit")
    batches = [(one.batch_size, one.compute_infer.count) for one in total.batch_stats]
    assert batches == [(1, 3), (4, 5)]
    assert [(one.type, one.byte_size) for one in total.memory_usage] == [("CPU", 15)]


@pytest.mark.parametrize("merge", [merged_index, merged_statistics])
def test_what_nobody_says_is_nothing(merge: Any) -> None:
    assert merge([[], []]) == []
