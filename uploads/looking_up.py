"""Words in texts, found alike by every database."""

import unicodedata

from django.db.models import Q


def containing(field: str, words: str) -> Q:
    """Rows whose text has these words in it, in capitals or not.

    Texts are kept composed (NFC). SQLite knows capitals of ASCII alone, PostgreSQL those of its
    locale: of others the usual forms are looked for.
    """
    composed = unicodedata.normalize("NFC", words)
    changed = (composed.lower(), composed.upper(), composed.capitalize(), composed.title())
    forms = [composed] if composed.isascii() else list(dict.fromkeys((composed, *changed)))
    found = Q()
    for form in forms:
        found |= Q(**{f"{field}__icontains": form})
    return found
