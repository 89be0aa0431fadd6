"""IAM: identities, their policies, and what would be decided."""
