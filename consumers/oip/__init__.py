"""Where the Open Inference Protocol meets people and workers: its doors, and who may enter."""
