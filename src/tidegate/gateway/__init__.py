"""A request's one path from HTTP to a handler and back; `pipeline` is the list of its steps."""
