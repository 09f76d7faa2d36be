"""`manage.py runworker inference`: Channels' command with Darkroom's worker."""

from channels.management.commands import runworker

from consumers.worker import InferenceWorker


class Command(runworker.Command):  # type: ignore[misc]  # it has no types
    """Runs one inference worker."""

    help = "Runs an inference worker: manage.py runworker inference"
    worker_class = InferenceWorker
