"""What can be measured: a module for each mode of `python -m benchmarks`."""
