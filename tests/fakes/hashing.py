"""Passwords that are hashed as in earnest, but once."""

from uploads.sign_in.hashing import QueuedPBKDF2PasswordHasher


class QuickPasswordHasher(QueuedPBKDF2PasswordHasher):
    """In earnest a quarter of a second of a core goes into each, and two into each new person."""

    iterations = 1
