"""Where web, data and engine meet: the websocket, the worker and the channel layer."""
