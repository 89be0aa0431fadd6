"""Tidegate: SQS on your own machine, durable and fast, spoken to by every AWS client."""

__version__ = "0.1.0"
