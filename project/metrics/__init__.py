"""The web's metrics: what is counted of its requests, and the queue."""
