"""An HTTP endpoint that a topic delivers to."""
