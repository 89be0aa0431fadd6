"""`tidegate bench`: a load generator for any SQS endpoint, with a yardstick beside it.

It imports nothing of the server: what it measures, it measures from outside, through sockets and
what the operating system says about a process.
"""
