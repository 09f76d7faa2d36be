"""What users' own servers are told: noted from events, signed, sent until it is taken."""
