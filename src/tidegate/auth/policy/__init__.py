"""Policies: what a document may say, and what it says about a request.  No I/O, no clock."""
