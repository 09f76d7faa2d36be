"""Passwords are hashed on threads of their own, few at a time: hashing is made to be slow.

Each request has a thread of its own, so one that waits here keeps nobody waiting; but as many
hashes at once as there are requests would leave no core to those who only want an answer.
"""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from django.contrib.auth.hashers import PBKDF2PasswordHasher

from uploads.sign_in.denials import PasswordsBusy
from uploads.threads import give_back_connections

AT_ONCE: Final = 2
MAX_WAITING: Final = 32
"""A room full of people who sign in at the same moment is let in, the last after some seconds."""

_threads: Final = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="passwords")
_places: Final = threading.BoundedSemaphore(AT_ONCE + MAX_WAITING)


class QueuedPBKDF2PasswordHasher(PBKDF2PasswordHasher):
    """PBKDF2 with SHA-256, computed in turn; its hashes are those of Django's own hasher."""

    def encode(self, password: str, salt: str, iterations: int | None = None) -> str:
        """The hash of a password.

        Raises:
            PasswordsBusy: too many others are waiting for theirs.
        """
        if not _places.acquire(blocking=False):
            raise PasswordsBusy
        try:
            # Who waits keeps no connection of the database from those who need one.
            give_back_connections()
            return _threads.submit(super().encode, password, salt, iterations).result()
        finally:
            _places.release()
