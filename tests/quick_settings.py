"""Darkroom's settings, and passwords whose hashes take no time: for processes that tests start."""

from project.settings import *  # noqa: F403

PASSWORD_HASHERS = ["tests.fakes.hashing.QuickPasswordHasher"]
