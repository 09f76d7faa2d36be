"""The engine: plain Python that runs image models in child processes and batches work for them."""
