"""Outward I/O on the engine's behalf."""
