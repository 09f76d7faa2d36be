"""Servers of the Open Inference Protocol as a client calls them: those that compute models."""
