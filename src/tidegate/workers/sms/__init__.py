"""SMS: what a message weighs and costs, and the ways to a phone."""
