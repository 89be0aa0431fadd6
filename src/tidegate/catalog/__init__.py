"""Definitions (queues and their attributes) and their validation; knows no message."""
