"""What the shipped models that repaint photos have in common. Runs in their processes."""
