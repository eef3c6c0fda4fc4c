"""How often Python looks for garbage that counting references does not find."""

import gc

# Objects made and kept before the young ones are looked through, and how often that is for the
# older ones to be looked through too.
_THRESHOLDS = (20_000, 20, 20)


def collect_rarely() -> None:
    """Look for cycles less often, and never among what was loaded at the start.

    For programs, once all is imported. What a session brings has no cycles, and
    to look for them every few messages, and among all modules, took a tenth of
    the time in which a long history is received and shown.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_THRESHOLDS)
