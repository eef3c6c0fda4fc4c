"""What it means: keys, people, messages, and the faces that show them.

This package knows the wire and nothing of the relay's inside. Sockets are only in
``transport``, ``channel`` and ``waker``, Textual is only under ``app``, and what a
person reads always goes through gettext, by ``words``.
"""
