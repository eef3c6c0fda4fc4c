"""Who hears it: admits members by proof, keeps each room's log, passes chunks on.

This package knows the wire and can verify a signature; it holds no key, opens
no token and learns no name. Sockets are only in ``server`` and ``io_thread``.
"""
