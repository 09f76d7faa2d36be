"""Owns the data and its truth: accounts, uploads, predictions, events and the queue."""
