"""Lanes: optional toolchains, each set up on demand under `build/`, or refused in one clear message."""
