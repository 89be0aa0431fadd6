"""HTTP/1.1 on the server's side: bytes to requests and back.  Knows nothing of AWS.

`messages` has the values, `http1` the pure parser, `repeat` its short cut for heads that repeat,
`connection` one client's connection, `listener` the socket and what its connections share.
"""
