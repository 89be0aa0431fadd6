"""The runtime: the clock, the commits, and the path of a command to the partition that owns it."""
