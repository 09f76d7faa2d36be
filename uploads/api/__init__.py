"""The REST contract over the services."""
