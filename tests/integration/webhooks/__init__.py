"""Webhooks: noted, sent, repeated, disabled."""
