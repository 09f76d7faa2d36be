"""Writes `docs/licenses.md` from the tables: `python -m inference.weights.licenses_page`."""

from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import Final

from inference.weights.catalog import read_catalog
from inference.weights.table import WeightsFile, read_table

PAGE: Final = Path(__file__).parents[2] / "docs" / "licenses.md"

INTRODUCTION: Final = """\
# Licenses of the weights

Made from the tables of weights by `python -m inference.weights.licenses_page`; change those, not
this page. The whole text of each license lies beside its file, as `<file>.LICENSE.txt`, and in
`inference/weights/licenses/`.

Beside the files below, `ocr` uses the PP-OCRv6 networks that come with the package `rapidocr`,
Copyright PaddlePaddle Authors, under Apache-2.0.

Of the packages that decode files, `pi-heif` (BSD-3-Clause) brings libheif and libde265 under
LGPL-3.0 as shared libraries, and `pypdfium2` (Apache-2.0 or BSD-3-Clause) brings PDFium
(BSD-3-Clause) with the libraries in it; their licenses lie in the packages.
"""
SHIPPED: Final = "## Shipped models\n"
CATALOG: Final = """\
## Models of the catalog

None of these is here until `manage.py models add` puts it into your models.
"""
HEAD: Final = "| file | size | license | from | by |\n|---|---|---|---|---|"


def page() -> str:
    """The whole page, in Markdown."""
    shipped = ((file.path, file, "") for file in read_table())
    added = (
        (model.name / file.path, file, model.restriction)
        for model in read_catalog().values()
        for file in model.files
    )
    tables = (*_table(shipped, "this repository"), "", CATALOG, *_table(added, "a file of yours"))
    return "\n".join((INTRODUCTION, SHIPPED, *tables, ""))


def _table(rows: Iterable[tuple[PurePosixPath, WeightsFile, str]], elsewhere: str) -> Iterator[str]:
    """A line for each path, file and restriction; `elsewhere` is where no package is the source."""
    yield HEAD
    for path, file, restriction in rows:
        size = f"{file.bytes / 1e6:.1f} MB"
        source = f"package `{file.package}`" if file.package else elsewhere
        source += ", converted" if file.convert else ""
        about = f"{file.notice} {restriction}".rstrip()
        yield f"| `{path}` | {size} | {file.license} | {source} | {about} |"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
