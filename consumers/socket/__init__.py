"""One browser tab: a websocket, and what its user is told over it."""
