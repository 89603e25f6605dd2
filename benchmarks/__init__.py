"""Benchmarks: ratios only, each of two ways measured side by side in one run, because machines are shared and noisy."""
