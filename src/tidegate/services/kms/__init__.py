"""AWS KMS: keys, aliases, grants, and what is done with them."""
