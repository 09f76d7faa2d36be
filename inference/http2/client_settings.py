"""What a client has set for what is sent to it (RFC 9113, section 6.5)."""

from typing import Final

from inference.http2 import frames
from inference.http2.frames import Broken, Code, Setting

MAX_CHANGES: Final = 1000
"""So often may a client change what it has set, between two looks."""
DEFAULT_WINDOW: Final = 65_535
LARGEST_WINDOW: Final = (1 << 31) - 1
_SMALLEST_FRAME: Final = 1 << 14
_LARGEST_FRAME: Final = (1 << 24) - 1


class ClientSettings:
    """Those that concern what a server sends."""

    def __init__(self) -> None:
        self.initial_window = DEFAULT_WINDOW
        """Which every stream's room is counted from, in bytes."""
        self.max_frame = _SMALLEST_FRAME
        """Bytes of a frame's payload at most."""
        self._changes = 0

    def take(self, number: int, flags: int, payload: memoryview) -> bool:
        """Takes a SETTINGS frame; whether it is to be acknowledged.

        Raises:
            Broken: it is malformed, sets what cannot be, or comes too often.
        """
        if number:
            raise Broken(Code.PROTOCOL_ERROR, "Settings are of the connection.")
        if len(payload) % 6 or (flags & frames.ACK and payload):
            raise Broken(Code.FRAME_SIZE_ERROR, "A setting has 6 bytes.")
        if flags & frames.ACK:
            return False
        self._changes += 1
        if self._changes > MAX_CHANGES:
            raise Broken(Code.ENHANCE_YOUR_CALM, "Settings change too often.")
        for name, value in frames.settings_of(payload):
            self._set(name, value)
        return True

    def look(self) -> None:
        """To be called now and then: changes are counted from here."""
        self._changes = 0

    def _set(self, name: int, value: int) -> None:
        if name == Setting.INITIAL_WINDOW_SIZE:
            if value > LARGEST_WINDOW:
                raise Broken(Code.FLOW_CONTROL_ERROR, "A window cannot be so large.")
            self.initial_window = value
        elif name == Setting.MAX_FRAME_SIZE:
            if not _SMALLEST_FRAME <= value <= _LARGEST_FRAME:
                raise Broken(Code.PROTOCOL_ERROR, "A frame cannot be so large.")
            self.max_frame = value
