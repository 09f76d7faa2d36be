"""Model folders that are read, not run."""

from pathlib import Path

VALID = 'output_kind = "text"\n'


def make_model(root: Path, name: str = "reader", config: str = VALID, versions: str = "1") -> Path:
    folder = root / name
    folder.mkdir(parents=True)
    (folder / "model.toml").write_text(config)
    (folder / "model.py").write_text("class Model: ...")
    for number in versions.split():
        (folder / number).mkdir()
        (folder / number / "weights.bin").write_bytes(number.encode())
    return folder
