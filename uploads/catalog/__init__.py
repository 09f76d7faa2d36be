"""What may be asked for: which models workers have, and what was commanded."""
