"""HTTP/1.1: bytes to requests and back, and out to other servers.  Knows nothing of AWS.

`messages` has the values, `http1` the pure parser, `repeat` its short cut for heads that repeat,
`connection` one client's connection, `listener` the socket and what its connections share.

The client's side: `urls` and `networks` say where a request may go, `responses` is the pure parser,
`challenges` answers for a name and a password, `client` has the connections.
"""
