"""A model's process may read every package of ours that it imports."""

import grimp

from inference.engine.confinement import _PACKAGES
from tests.architecture.test_structure import PACKAGES


def test_every_package_that_a_models_process_imports_is_one_that_it_may_read() -> None:
    graph = grimp.build_graph(*PACKAGES, cache_dir=None)
    child = {"inference.engine.child", *graph.find_descendants("inference.engine.child")}
    imported = {name for module in child for name in graph.find_upstream_modules(module)}
    assert "inference.engine.wire" in imported
    assert {name.partition(".")[0] for name in imported} <= set(_PACKAGES)
