"""How a file is cut into parts, and whether an offer fits itself. Pure."""

from sussurro_client.contents import MAX_PART, File
from sussurro_client.errors import ClientError
from sussurro_client.words import _

MEBIBYTE = 1024 * 1024


def parts_of(size: int) -> int:
    """Return how many parts a file of ``size`` bytes has; an empty one has none."""
    return -(-size // MAX_PART)


def length_of(size: int, number: int) -> int:
    """Return how many bytes part ``number`` has; each is full, but for the last."""
    return min(MAX_PART, size - number * MAX_PART)


def refuse_larger(size: int, limit_mib: int) -> None:
    """Raise ClientError where a file is larger than may be sent or saved here."""
    if size > limit_mib * MEBIBYTE:
        raise ClientError(
            _(
                "A file may have {limit} MiB here, and this one is larger. "
                "SUSSURRO_FILE_LIMIT_MIB sets another limit."
            ).format(limit=limit_mib)
        )


def check_offer(file: File, limit_mib: int) -> None:
    """Raise ClientError for somebody's offer that is too large, or cannot be what it says."""
    refuse_larger(file.size, limit_mib)
    if file.parts != parts_of(file.size):
        raise ClientError(_("This offer contradicts itself, so nothing can be saved of it."))
