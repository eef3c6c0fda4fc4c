"""Exit 0 if what listens on the given port of this machine greets as a Sussurro relay."""

import socket
import sys

try:
    with socket.create_connection(("localhost", int(sys.argv[1])), timeout=2) as connection:
        sys.exit(not connection.recv(64).startswith(b"SUSSURRO 1 "))
except OSError:
    sys.exit(1)
