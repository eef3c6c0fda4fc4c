import pytest
from cryptography.fernet import Fernet
from hypothesis import given
from hypothesis import strategies as st

from sussurro_client.contents import (
    Card,
    Content,
    Part,
    Private,
    Rekey,
    Text,
)
from sussurro_client.envelope import Sealer
from sussurro_client.errors import ClientError, EnvelopeError
from sussurro_client.private import Privacy
from sussurro_client.wrapping import wrap
from sussurro_wire.chunk import check_chunk
from sussurro_wire.limits import MAX_TEXT
from tests.client.scenes import ANA, BIA, EVE, NOW, OTHER_KEY, Voice, member
from tests.wire.strategies import steady


def to_bia(content: Content) -> Private:
    return Privacy(ANA).seal(content, BIA.person.key, BIA.wrap_key)


OI = Text(text="Oi")


def test_the_receiver_and_the_sender_can_open_it_and_see_for_whom_it_is() -> None:
    sealed = to_bia(OI)
    assert Privacy(BIA).open(sealed, ANA.person.key) == (BIA.person.key, OI)
    assert Privacy(ANA).open(sealed, ANA.person.key) == (BIA.person.key, OI)


def test_another_holder_of_the_rooms_key_cannot_open_it() -> None:
    assert Privacy(EVE).open(to_bia(OI), ANA.person.key) is None


def test_nothing_in_it_names_the_receiver() -> None:
    sealed = to_bia(OI)
    packed = repr(sealed.model_dump()).encode()
    assert BIA.person.key.hex().encode() not in packed
    assert repr(BIA.person.key).encode() not in packed


def test_it_does_not_show_by_its_order_whose_key_is_whose() -> None:
    def is_first_bias() -> bool:
        sealed = to_bia(OI)
        first = Private(keys=sealed.keys[:1], sealed=sealed.sealed)
        return Privacy(BIA).open(first, ANA.person.key) is not None

    assert {is_first_bias() for _ in range(60)} == {True, False}


def test_it_cannot_be_passed_on_as_ones_own_words() -> None:
    assert Privacy(BIA).open(to_bia(OI), EVE.person.key) is None


def test_nobody_can_write_to_one_and_say_that_it_is_for_another(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    secret = Fernet.generate_key()
    monkeypatch.setattr(Fernet, "generate_key", lambda: secret)
    for_ana = Privacy(EVE).seal(OI, ANA.person.key, ANA.wrap_key)
    context = b"private\n" + b"\n".join((BIA.key.room.encode(), EVE.person.key, BIA.person.key))
    to_bia_alone = (wrap(secret, BIA.wrap_key, context),)
    with pytest.raises(EnvelopeError, match="forged"):
        Privacy(BIA).open(Private(keys=to_bia_alone, sealed=for_ana.sealed), EVE.person.key)


def test_it_is_of_no_use_in_another_room() -> None:
    elsewhere = member("Bia", 2, OTHER_KEY)
    assert Privacy(elsewhere).open(to_bia(OI), ANA.person.key) is None


def test_something_for_oneself_has_one_key() -> None:
    sealed = Privacy(ANA).seal(OI, ANA.person.key, ANA.wrap_key)
    assert len(sealed.keys) == 1
    assert Privacy(ANA).open(sealed, ANA.person.key) == (ANA.person.key, OI)


def test_lengths_that_share_a_bucket_cannot_be_told_apart() -> None:
    assert len({len(to_bia(Text(text="x" * size)).sealed) for size in range(1, 200, 20)}) == 1


def test_the_longest_text_fits_into_a_line() -> None:
    voice = Voice(ANA)
    token = voice.token(to_bia(Text(text="x" * MAX_TEXT)))
    assert check_chunk(token + b"\n").count == 1


@steady
@given(st.text(max_size=200))
def test_any_text_comes_back(text: str) -> None:
    sealed = to_bia(Text(text=text))
    assert Privacy(BIA).open(sealed, ANA.person.key) == (BIA.person.key, Text(text=text))


@pytest.mark.parametrize(
    "content",
    [
        Card(),
        Part(number=0, data=b""),
        Rekey(room="x" * 43, shares=(), is_last=True),
        Private(keys=(b"x",), sealed=b""),
    ],
    ids=lambda content: content.kind,
)
def test_what_has_no_business_in_private_is_forged(content: Content) -> None:
    with pytest.raises(EnvelopeError):
        Privacy(BIA).open(to_bia(content), ANA.person.key)


@pytest.mark.parametrize("secret", [b"", b"no key", b"A" * 43 + b"="])
def test_a_key_that_opens_nothing_is_forged(secret: bytes) -> None:
    context = b"private\n" + b"\n".join((ANA.key.room.encode(), ANA.person.key, BIA.person.key))
    sealed = Private(keys=(wrap(secret, BIA.wrap_key, context),), sealed=to_bia(OI).sealed)
    with pytest.raises(EnvelopeError):
        Privacy(BIA).open(sealed, ANA.person.key)


def test_what_is_altered_is_forged() -> None:
    sealed = to_bia(OI)
    altered = Private(keys=sealed.keys, sealed=sealed.sealed[:-4] + b"AAA=")
    with pytest.raises(EnvelopeError):
        Privacy(BIA).open(altered, ANA.person.key)


def test_somebody_whose_own_key_is_none_is_told_of() -> None:
    with pytest.raises(ClientError, match="of no use"):
        Privacy(ANA).seal(OI, BIA.person.key, b"short")


def test_it_goes_through_an_envelope() -> None:
    letter = Sealer(ANA.key).open(Voice(ANA).token(to_bia(OI)))
    assert isinstance(letter.envelope.content, Private)
    assert letter.envelope.at == NOW * 1000
