"""Tests of what people take along."""
