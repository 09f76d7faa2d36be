"""What was measured: by measurement, system and run; with where and when, as JSON."""

import json
import math
import os
import platform
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.statistics import Figures, medians

ROOT = Path(__file__).resolve().parents[1]


@dataclass
class Results:
    """Figures of each run, by measurement (`photos.alone`) and system (`darkroom sqlite`)."""

    about: dict[str, Any] = field(default_factory=dict)
    runs: dict[str, dict[str, list[Figures]]] = field(default_factory=dict)

    @classmethod
    def begin(cls) -> "Results":
        """No results yet; where and when they come about."""
        return cls(
            {
                "at": datetime.now(UTC).isoformat(timespec="seconds"),
                "commit": _git("rev-parse", "--short", "HEAD"),
                "changed": bool(_git("status", "--porcelain", "--untracked-files=no")),
                "cores": os.cpu_count(),
                "processor": _processor(),
                "python": platform.python_version(),
                "load_before": round(os.getloadavg()[0], 2),
            }
        )

    def add(self, measurement: str, system: str, figures: Figures) -> None:
        """Keeps one run's figures, but those that are NaN."""
        told = {name: value for name, value in figures.items() if not math.isnan(value)}
        self.runs.setdefault(measurement, {}).setdefault(system, []).append(told)

    def of(self, measurement: str, system: str) -> Sequence[Figures]:
        """The runs of one system, in order; empty where it was not measured."""
        return self.runs.get(measurement, {}).get(system, [])

    def median(self, measurement: str, system: str) -> Figures:
        """The median of each figure."""
        return medians(self.of(measurement, system))

    def write(self, path: Path, ratios: dict[str, float]) -> None:
        """Writes everything, and the ratios that were made of it, as JSON."""
        path.parent.mkdir(parents=True, exist_ok=True)
        known = {name: value for name, value in ratios.items() if not math.isnan(value)}
        told = {"about": self.about, "ratios": known, "runs": self.runs}
        path.write_text(json.dumps(told, indent=1, allow_nan=False))

    @classmethod
    def read(cls, path: Path) -> "Results":
        """The results in a file."""
        told = json.loads(path.read_text())
        return cls(told["about"], told["runs"])


def _git(*arguments: str) -> str:
    command = ["git", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603
    return done.stdout.strip()


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()
