"""What a worker offers of its repository."""

from consumers.worker.catalog_entries import offers
from inference.engine.confinement import ROOT
from inference.engine.repository import Repository


def test_the_languages_that_people_choose_among_are_those_their_model_declares() -> None:
    shipped = {one.name: one for one in offers(Repository([ROOT / "inference" / "models"]))}
    codes = [language["code"] for language in shipped["ocr"].languages]
    assert codes == ["en", "zh", "ja"]
    assert list(shipped["background-removal"].languages) == []
