"""AWS Security Token Service: temporary credentials, and who calls."""
