from sussurro_client.contents import MAX_PART
from sussurro_client.files.sending import WINDOW, Upload
from tests.client.files.play import file_of

MANY = file_of(bytes(40 * MAX_PART + 1))


def test_only_so_many_parts_are_on_their_way_at_once() -> None:
    upload = Upload(MANY)
    for number in range(WINDOW):
        assert upload.due() == number
        upload.said(str(number))
    assert upload.due() is None
    upload.kept("3")
    assert upload.due() == WINDOW


def test_done_counts_the_bytes_that_are_kept_and_ends_at_the_size() -> None:
    upload = Upload(MANY)
    while (number := upload.due()) is not None:
        assert not upload.is_whole
        upload.said(str(number))
        upload.kept(str(number))
        assert upload.done == min((number + 1) * MAX_PART, MANY.size)
    assert upload.is_whole
    assert upload.done == MANY.size


def test_what_is_kept_twice_or_is_no_part_counts_once_or_not() -> None:
    upload = Upload(MANY)
    upload.said("a")
    for each in ("a", "a", "elsewhere"):
        upload.kept(each)
    assert upload.done == MAX_PART


def test_an_empty_file_is_whole_from_the_start() -> None:
    upload = Upload(file_of(b""))
    assert upload.is_whole
    assert upload.due() is None


def test_beginning_again_sends_all_and_takes_nothing_back_of_what_was_told() -> None:
    upload = Upload(MANY)
    for number in range(5):
        upload.said(str(number))
        upload.kept(str(number))
    upload.said("under way")
    assert upload.begin_again()
    assert upload.due() == 0
    assert upload.done == 5 * MAX_PART
    upload.kept("under way")
    upload.said("again")
    upload.kept("again")
    assert upload.done == 5 * MAX_PART, "those were counted before"


def test_beginning_again_comes_to_an_end() -> None:
    upload = Upload(MANY)
    assert [upload.begin_again() for _ in range(3)] == [True, True, False]
