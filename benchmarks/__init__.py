"""How fast Darkroom is, and what it costs, beside its peers and on the same machine."""
