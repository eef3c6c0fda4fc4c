"""What several relays have between them: the connection to NATS, and who is at which relay.

Only here and in ``log/nats*`` is NATS known. Everything here belongs to the one
thread of the `Bus`, but for what says otherwise.
"""
