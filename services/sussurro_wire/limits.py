"""Every size of the protocol, each with its reason."""

VERSION = 1

# A Fernet token of a 64 KiB text, padded and base64-encoded, is about 93 KiB;
# 128 KiB leaves room for the rest of the envelope.
MAX_LINE = 128 * 1024

# The longest verb is JOIN: room (43) + proof (86) + card + FROM <seq>.
MAX_CARD = 4096
MAX_VERB_LINE = MAX_CARD + 256

# A PING's text comes back, so it must not be a way to make the relay talk.
MAX_PING_TEXT = 64

# Digits of a sequence number or a count: below 2**63, as SQLite and JetStream hold them.
MAX_NUMBER = 2**63 - 1

# What a text of a message may be, in bytes of UTF-8, so that its token fits into MAX_LINE.
MAX_TEXT = 64 * 1024

# Bytes of randomness in the relay's greeting; 32 make a repeated nonce impossible in practice.
NONCE_BYTES = 32
