"""Names and passwords as they are compared: what looks the same to a person is the same.

Keyboards and systems differ in how they compose a letter; nobody can see the difference.
"""

from unicodedata import normalize


def username_key(name: str) -> str:
    """What a name is found by: two names with one key are one account.

    Compatibility caseless matching (The Unicode Standard, section 3.13, D146), recomposed.
    """
    folded = normalize("NFKD", normalize("NFD", name).casefold())
    return normalize("NFKC", normalize("NFKD", folded.casefold()))


def normalized_password(password: str) -> str:
    """The form in which a password is hashed (RFC 8265, section 4.2.2: NFC)."""
    return normalize("NFC", password)


def password_forms(password: str) -> list[str]:
    """The forms in which a typed password may have been hashed: today's first, none twice.

    Before passwords were normalized, each was hashed as the keyboard of its day composed it.
    """
    forms = (normalized_password(password), password, normalize("NFD", password))
    return list(dict.fromkeys(forms))
