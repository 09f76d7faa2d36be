"""Where the Open Inference Protocol meets people and workers: its endpoints, and who may call."""
