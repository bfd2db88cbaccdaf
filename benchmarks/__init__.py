"""How fast the explorer is beside others: `python -m benchmarks`, or one subject by its name."""
