"""What Prometheus would read."""

from dataclasses import dataclass

from prometheus_client.parser import text_string_to_metric_families


@dataclass(frozen=True)
class Exposition:
    """Samples by name and labels."""

    samples: dict[tuple[str, frozenset[tuple[str, str]]], float]
    types: dict[str, str]

    def value(self, name: str, **labels: str) -> float:
        """The value of one sample; 0 where there is none."""
        return self.samples.get((name, frozenset(labels.items())), 0.0)

    def of(self, name: str) -> dict[frozenset[tuple[str, str]], float]:
        """Every sample of this name by its labels."""
        return {labels: value for (one, labels), value in self.samples.items() if one == name}

    def label_values(self) -> set[str]:
        """Everything that any label says."""
        return {value for _, labels in self.samples for _, value in labels}


def parsed(text: bytes | str) -> Exposition:
    """Reads an exposition strictly; a name that is told twice is a mistake."""
    families = list(
        text_string_to_metric_families(text.decode() if isinstance(text, bytes) else text)
    )
    names = [family.name for family in families]
    assert len(names) == len(set(names)), names
    samples = {}
    for family in families:
        for sample in family.samples:
            key = (sample.name, frozenset(sample.labels.items()))
            assert key not in samples, key
            samples[key] = sample.value
    return Exposition(samples, {family.name: family.type for family in families})
