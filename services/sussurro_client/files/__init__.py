"""Files, offered in a room and carried by a room of their own.

Nothing here knows Textual, or a face at all: what a person reads is in `told`, what
a face draws comes out as values. Only `transfers`, `uploading` and `downloading` know
sessions; they know threads, as do `bell` and `errand`, by which they wait. Only `offer`
and `destination` touch the disk.
"""
