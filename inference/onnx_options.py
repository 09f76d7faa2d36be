"""How ONNX Runtime computes in a model's process, for shipped models and those without code."""

from typing import Final

import onnxruntime

ERRORS_ONLY: Final = 3


def session_options(threads: int) -> onnxruntime.SessionOptions:
    """Options of a session that computes on `threads` cores, one request at a time.

    Its threads sleep while they wait. By default they spin, which takes the cores from other
    models and the web: 20 ms of processor instead of 6 for each run of a small network with pauses
    between, and on a busy machine the run itself takes longer.
    """
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = ERRORS_ONLY
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return options
