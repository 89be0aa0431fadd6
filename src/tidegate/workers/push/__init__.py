"""Mobile push: notifications as each platform takes them, and the ways to it."""
