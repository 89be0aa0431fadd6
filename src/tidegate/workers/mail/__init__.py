"""E-mail: a notification as a mail, and the ways to its receiver."""
