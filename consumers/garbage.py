"""When a process that stays looks for garbage."""

import gc


def begin_collecting() -> None:
    """Begins to look, once everything is imported: `manage.py` has kept Python from it till then.

    What is here now stays, so no collection looks at it again: that took a tenth of a second each
    time, in which nobody was answered.
    """
    gc.collect()
    gc.freeze()
    gc.enable()
