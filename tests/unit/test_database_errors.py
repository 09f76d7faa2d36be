"""What a database says, as a sentence that tells an operator what to do."""

import pytest
from django.db import Error, OperationalError, ProgrammingError

from uploads.database_errors import sentence_of


@pytest.mark.parametrize(
    "error",
    [
        OperationalError("no such table: uploads_prediction"),
        OperationalError("no such column: uploads_image.thumbhash"),
        ProgrammingError('relation "uploads_user" does not exist\nLINE 1: SELECT'),
        ProgrammingError("column uploads_image.thumbhash does not exist\nLINE 1: SELECT"),
    ],
)
def test_tables_that_are_missing_or_older_are_to_be_set_up(error: Error) -> None:
    assert "run `manage.py setup`" in sentence_of(error)
    assert "LINE" not in sentence_of(error)


def test_a_database_that_does_not_answer_is_not_to_be_set_up() -> None:
    away = OperationalError('FATAL:  database "darkroom" does not exist\n')
    said = 'The database cannot be used: FATAL:  database "darkroom" does not exist.'
    assert sentence_of(away) == said
