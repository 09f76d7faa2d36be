"""The composition root: the environment, settings, routes and the supervisor."""
