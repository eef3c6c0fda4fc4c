"""What is said between a client and a relay, and nothing else.

Bytes come in, messages go out, and the other way round. This package uses the
standard library only and knows no socket, thread, clock, key or user: the same
code runs in the relay, in the client and in the tests.
"""
