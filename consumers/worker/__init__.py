"""The worker's process: from the queue to the engine and back."""
