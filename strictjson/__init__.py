"""JSON that every reader and every database understands: parsed, checked, held against a schema."""
