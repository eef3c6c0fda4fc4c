"""The relay's figures beside those of others, as anyone can repeat them: ``make bench``.

Knows the relay as a program that is started and joined over the wire, never its
inside. `native/load.c` puts the load on; Python starts, joins, compares and tells.
"""
