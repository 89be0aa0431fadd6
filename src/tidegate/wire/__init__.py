"""AWS's protocols: bytes to shapes and back, driven by the types in `api` alone."""
