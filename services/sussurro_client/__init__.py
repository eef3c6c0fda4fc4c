"""What it means: keys, people, messages, and the faces that show them.

This package knows the wire and nothing of the relay's inside. Sockets are only
in ``session``, Textual is only under ``app``, words that a person reads are
only in ``words`` and the faces, and always go through gettext.
"""
