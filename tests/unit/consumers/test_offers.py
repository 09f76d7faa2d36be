"""What a worker offers of its repository."""

from consumers.worker.catalog_entries import offers
from inference.engine.card import Card
from inference.engine.confinement import ROOT
from inference.engine.repository import Repository


def test_the_languages_that_people_choose_among_are_those_their_model_declares() -> None:
    shipped = {one.name: one for one in offers(Repository([ROOT / "inference" / "models"]))}
    codes = [language["code"] for language in shipped["ocr"].languages]
    assert codes == ["en", "zh", "ja", "ko"]
    assert list(shipped["background-removal"].languages) == []


def test_every_shipped_model_tells_people_what_it_is() -> None:
    shipped = offers(Repository([ROOT / "inference" / "models"]))
    for one in shipped:
        assert one.title, one.name
        assert one.description.endswith("."), one.name
        assert one.task, one.name
        assert one.sample, one.name
        assert set(one.card) == set(Card.model_fields), one.name
        for name, schema in one.params_schema.get("properties", {}).items():
            assert schema.get("title"), (one.name, name)
