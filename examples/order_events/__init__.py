"""One topic, and three consumers that each get what they asked for."""
