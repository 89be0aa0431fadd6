"""What every layer may use: names of resources, refusals, limits, the call."""
