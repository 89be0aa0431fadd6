"""The log: an append-only sequence of records, kept as bytes."""
