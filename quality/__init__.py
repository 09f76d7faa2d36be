"""Measures how well the shipped models do: pages and photos whose right answer is known."""
