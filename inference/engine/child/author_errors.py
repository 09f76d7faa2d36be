"""What exceptions say that a model's author raises."""


def message_of(error: BaseException) -> str:
    """What an exception says; empty where the code of its author cannot say it."""
    try:
        return str(error)
    except Exception:
        return ""
