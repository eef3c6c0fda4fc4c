"""A picture in which somebody says there is a key."""

import tempfile
from pathlib import Path

from sussurro_client.errors import ClientError
from sussurro_client.key_picture import key_in_picture
from sussurro_wire.room import public_key_of


def fuzz_key_picture(data: bytes) -> None:
    """A file is refused with a sentence, or a whole key is read from it."""
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        path = Path(folder, "code.png")
        path.write_bytes(data)
        try:
            key = key_in_picture(path)
        except ClientError as error:
            assert str(error).endswith(".")
            return
    assert len(public_key_of(key.room)) == 32
