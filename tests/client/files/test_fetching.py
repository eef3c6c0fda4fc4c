import pytest
from hypothesis import given
from hypothesis import strategies as st

from sussurro_client.contents import MAX_PART, Delete, Edit, File, Part, Text, Typing, Unknown
from sussurro_client.errors import ClientError
from sussurro_client.files.fetching import Download, Piece
from tests.client.files.play import file_of, some_bytes

ANA, EVE, OFFER = b"a" * 32, b"e" * 32, b"o" * 32
DATA = some_bytes(4 * MAX_PART + 10)
FILE = file_of(DATA)


def download(file: File = FILE) -> Download:
    return Download(file, ANA, OFFER)


def part(number: int) -> Part:
    return Part(number=number, data=DATA[number * MAX_PART : (number + 1) * MAX_PART])


@given(st.permutations(range(5)), st.lists(st.integers(0, 4), max_size=9))
def test_parts_come_in_any_order_and_each_is_taken_once(order: list[int], again: list[int]) -> None:
    fetch = download()
    whole = bytearray(len(DATA))
    for number in [*order[:3], *again, *order]:
        piece = fetch.take(ANA, part(number))
        if piece is not None:
            assert not any(whole[piece.place : piece.place + len(piece.data)])
            whole[piece.place : piece.place + len(piece.data)] = piece.data
    assert bytes(whole) == DATA
    assert fetch.is_whole
    assert fetch.done == len(DATA)
    assert not fetch.has_hole


def test_what_others_say_means_nothing() -> None:
    fetch = download()
    for content in (part(0), Part(number=99, data=b"x"), Delete(of=OFFER), Text(text="Oi")):
        assert fetch.take(EVE, content) is None
    assert fetch.done == 0
    assert fetch.strangers == 2
    assert fetch.take(ANA, part(0)) == Piece(0, DATA[:MAX_PART])


@pytest.mark.parametrize(
    "lie",
    [
        Part(number=5, data=b"x" * 10),
        Part(number=2**31 - 1, data=b""),
        Part(number=0, data=b""),
        Part(number=0, data=DATA[: MAX_PART - 1]),
        Part(number=4, data=DATA[-9:]),
        Part(number=4, data=DATA[-11:]),
        Part(number=4, data=bytes(MAX_PART)),
    ],
)
def test_a_part_that_cannot_be_ends_it(lie: Part) -> None:
    with pytest.raises(ClientError, match="not the file that was offered; nothing was kept"):
        download().take(ANA, lie)


def test_a_file_without_parts_takes_none() -> None:
    fetch = download(file_of(b""))
    assert fetch.is_whole
    with pytest.raises(ClientError):
        fetch.take(ANA, Part(number=0, data=b"x"))


def test_the_second_of_two_different_parts_under_one_number_is_not_taken() -> None:
    fetch = download()
    fetch.take(ANA, part(0))
    assert fetch.take(ANA, Part(number=0, data=bytes(MAX_PART))) is None


def test_a_part_missing_before_one_that_came_is_a_hole() -> None:
    fetch = download()
    assert not fetch.has_hole
    fetch.take(ANA, part(0))
    assert not fetch.has_hole
    fetch.take(ANA, part(2))
    assert fetch.has_hole
    fetch.take(ANA, part(1))
    assert not fetch.has_hole


def test_the_sender_may_take_the_file_back_and_only_this_one() -> None:
    fetch = download()
    assert fetch.take(ANA, Delete(of=b"x" * 32)) is None
    with pytest.raises(ClientError, match="took it back"):
        fetch.take(ANA, Delete(of=OFFER))


@pytest.mark.parametrize(
    "other", [Text(text="Oi"), Typing(), Unknown(kind="new"), Edit(of=OFFER, text="x"), FILE]
)
def test_what_is_no_part_is_passed_over(other: Text) -> None:
    assert download().take(ANA, other) is None
