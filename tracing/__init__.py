"""Traces: spans for whoever makes them, without the library that keeps and sends them."""
