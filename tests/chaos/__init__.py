"""Tests that disturb: everything that can go wrong goes wrong, and nothing is lost."""
