"""What a child asks of its model's server while it computes a batch: the worker asks for it."""

import asyncio
import logging
from collections.abc import Sequence

from inference.engine.errors import JobFailure, ModelFailed, ModelUnavailable
from inference.engine.messages import NamedTensor
from inference.engine.process import ChildGone, ChildProcess
from inference.engine.remote import Infer
from inference.engine.wire import WireError

logger = logging.getLogger(__name__)


class RemoteCalls:
    """Carries one question after the other to the server.

    The child has neither its address nor its token: it decodes files of strangers.
    """

    def __init__(self, infer: Infer | None) -> None:
        """`infer` asks the server; None: the model has none."""
        self.trouble = ""
        """Why the server is not to be used now; empty: it is."""
        self._infer = infer
        self._running: asyncio.Task[None] | None = None

    def ask(self, inputs: Sequence[NamedTensor], child: ChildProcess) -> None:
        """Ask, and have the child told what comes of it.

        Raises:
            ChildGone: it makes no sense to ask.
        """
        if self._infer is None:
            raise ChildGone("The child asked a server, and its model has none.")
        if self._running is not None and not self._running.done():
            raise ChildGone("The child asked before it was answered.")
        self._running = asyncio.create_task(self._carry(self._infer, inputs, child))

    def stop(self) -> None:
        """Call off what runs."""
        if self._running is not None:
            self._running.cancel()

    async def _carry(
        self, infer: Infer, inputs: Sequence[NamedTensor], child: ChildProcess
    ) -> None:
        if self.trouble:
            _refuse(child, ModelUnavailable(self.trouble))
            return
        try:
            child.send({"type": "answered", "outputs": await infer(inputs)})
        except ModelUnavailable as failure:
            self.trouble = failure.message
            _refuse(child, failure)
        except JobFailure as failure:
            _refuse(child, failure)
        except WireError:
            _refuse(child, ModelFailed("The server's answer is too large."))
        except Exception:  # a defect of ours must not have the child wait for ever
            logger.exception("A server could not be asked.")
            _refuse(child, ModelFailed())


def _refuse(child: ChildProcess, failure: JobFailure) -> None:
    child.send({"type": "refused", "code": failure.code, "message": failure.message})
