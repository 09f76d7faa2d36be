"""The web server: Daphne with limits, deadlines, JSON errors and an orderly stop."""

# First of all: it installs the asyncio reactor, which must precede Twisted's default one.
import daphne.server  # noqa: F401
