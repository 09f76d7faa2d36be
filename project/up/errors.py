"""What can keep `up` from starting."""


class StartError(Exception):
    """Why Darkroom did not start: a stable code and one sentence for the person at the terminal."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
