"""Turns bytes into predictions; no database models."""
