from sussurro_client.authorship import Authorship


def test_a_message_is_anothers_when_it_is_known_to_be() -> None:
    authorship = Authorship()
    authorship.note(b"1", b"ana")
    assert authorship.is_anothers(b"1", b"bia")
    assert not authorship.is_anothers(b"1", b"ana")


def test_of_a_message_that_is_not_known_nobody_is_accused() -> None:
    assert not Authorship().is_anothers(b"1", b"bia")


def test_only_so_many_messages_are_remembered_and_the_latest_are() -> None:
    authorship = Authorship()
    for number in range(10_001):
        authorship.note(number.to_bytes(4, "big"), b"ana")
    assert not authorship.is_anothers((0).to_bytes(4, "big"), b"bia")
    assert authorship.is_anothers((10_000).to_bytes(4, "big"), b"bia")
