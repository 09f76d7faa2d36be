"""What is counted for operators, in Prometheus' words: docs/metrics.md lists every name."""
