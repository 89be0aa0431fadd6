"""Keys: the root of trust, the domain keys, the material of KMS keys, and sealed messages."""
