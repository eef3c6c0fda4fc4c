"""Where a room's chunks are kept: one small interface, several kinds.

What every kind promises, and one contract suite checks:

* ``append`` hands over and returns; it never waits for a disk or a network, and
  chunks appended by one thread to one room are kept in that order.
* ``committed`` is called with the records of each room in the order of their
  ``seq``, once they are kept and can be read, by one thread at a time and with
  no lock held. Nobody is sent or acknowledged a chunk before.
* ``seq`` rises within a room and is never used again, not even by the next
  process; it may jump.
* A page's ``head`` is at least the seq of every record whose ``committed`` call
  began before the read, and every later one will be passed to ``committed``.
"""

from sussurro_relay.log.interface import Log, LogFigures, Page, Query, Record

__all__ = ["Log", "LogFigures", "Page", "Query", "Record"]
