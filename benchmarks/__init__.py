"""Our hot paths beside the plainest way of doing the same, as ratios: `python -m benchmarks`."""
