import json
from collections import Counter
from itertools import chain, zip_longest
from pathlib import Path
from typing import Any

import pytest

from sussurro_client.contents import Text
from sussurro_client.envelope import Sealer, Unproven
from sussurro_client.errors import EnvelopeError, Flaw
from sussurro_client.letter import NONE_BEFORE, Letter
from sussurro_client.opening import open_together
from tests.client.scenes import ANA, BIA, EVE, KEY, NOW, OTHER_KEY, Voice, member

SEALER = Sealer(KEY)
_VECTORS: list[dict[str, Any]] = json.loads(
    Path(__file__).with_name("vectors.json").read_text("utf-8")
)["together"]


class Counting(Sealer):
    """Counts how often a signature is checked, by what it is of."""

    def __init__(self) -> None:
        super().__init__(KEY)
        self.checks: Counter[bytes] = Counter()

    def is_signed(self, unproven: Unproven) -> bool:
        self.checks[unproven.proof] += 1
        return super().is_signed(unproven)


@pytest.fixture
def counting() -> Counting:
    return Counting()


def alone(tokens: list[bytes]) -> list[Letter | Flaw]:
    """Return what each token is opened to without the others."""
    opened: list[Letter | Flaw] = []
    for token in tokens:
        try:
            opened.append(SEALER.open(token))
        except EnvelopeError as error:
            opened.append(error.flaw)
    return opened


def said(voice: Voice, count: int) -> list[bytes]:
    return [voice.token(f"{number}") for number in range(count)]


def wrongly_signed(letter: Letter) -> bytes:
    """Return a letter under a signature that is not its sender's."""
    return SEALER.seal(letter, EVE.identity, NOW).token


@pytest.mark.parametrize("vector", _VECTORS, ids=lambda vector: str(vector["about"]))
def test_tokens_that_come_at_once_are_what_their_vector_says(
    counting: Counting, vector: dict[str, Any]
) -> None:
    opened = open_together(counting, [each["token"].encode() for each in vector["tokens"]])
    flaws = [each if isinstance(each, Flaw) else None for each in opened]
    assert flaws == [each["flaw"] for each in vector["tokens"]]
    assert counting.checks.total() == vector["checks"]


def test_nothing_is_opened_to_nothing(counting: Counting) -> None:
    assert open_together(counting, []) == []


def test_one_signature_vouches_for_all_that_a_sender_says_on_a_connection(
    counting: Counting,
) -> None:
    tokens = said(Voice(BIA), 20)
    assert open_together(counting, tokens) == alone(tokens)
    assert counting.checks.total() == 1


def test_each_token_is_good_alone(counting: Counting) -> None:
    for token in said(Voice(BIA), 3):
        assert open_together(counting, [token]) == [SEALER.open(token)]
    assert counting.checks.total() == 3


def test_senders_between_each_other_take_a_signature_each(counting: Counting) -> None:
    voices = [said(Voice(member(f"m{number}", number)), 5 + number) for number in range(4)]
    tokens = [token for each in zip_longest(*voices) for token in each if token is not None]
    assert open_together(counting, tokens) == alone(tokens)
    assert counting.checks.total() == 4


def test_each_run_and_each_connection_takes_a_signature(counting: Counting) -> None:
    bia = Voice(BIA)
    first = said(bia, 3)
    bia.reconnect()
    tokens = [*first, *said(bia, 3), *said(Voice(BIA, b"run-0002"), 3)]
    assert open_together(counting, tokens) == alone(tokens)
    assert counting.checks.total() == 3


def test_a_chain_with_a_hole_takes_a_signature_for_each_part(counting: Counting) -> None:
    tokens = said(Voice(BIA), 6)
    del tokens[3]
    assert open_together(counting, tokens) == alone(tokens)
    assert counting.checks.total() == 2


def test_a_forged_last_token_costs_one_check_more_and_takes_nothing_with_it(
    counting: Counting,
) -> None:
    bia = Voice(BIA)
    tokens = [*said(bia, 5), wrongly_signed(bia.letter("never said"))]
    assert open_together(counting, tokens) == alone(tokens)
    assert counting.checks.total() == 2


def test_a_forged_token_in_the_midst_is_forged_and_what_precedes_it_is_not(
    counting: Counting,
) -> None:
    bia = Voice(BIA)
    first = said(bia, 2)
    forged = wrongly_signed(bia.letter("never said"))
    tokens = [*first, forged, *said(bia, 2)]
    opened = open_together(counting, tokens)
    assert opened == alone(tokens)
    assert [each is Flaw.FORGED for each in opened] == [False, False, True, False, False]


def test_a_signature_that_is_altered_in_the_midst_is_found() -> None:
    """What it is of is Bia's own, and the next of hers is good."""
    tokens = said(Voice(BIA), 3)
    plain = bytearray(KEY.fernet.decrypt(tokens[1]))
    plain[7] ^= 1
    tokens[1] = KEY.fernet.encrypt(bytes(plain))
    opened = open_together(SEALER, tokens)
    assert opened == alone(tokens)
    assert opened[1] is Flaw.FORGED


def test_nobody_vouches_for_another(counting: Counting) -> None:
    """Eve names a token of Bia's that she has made herself, in a place that would fit."""
    forged = SEALER.seal(Voice(BIA).letter("never said"), EVE.identity, NOW)
    eve = SEALER.write(Voice(EVE).letter("so it is").envelope, 1, 2, 0, forged.imprint)
    tokens = [forged.token, SEALER.seal(eve, EVE.identity, NOW).token]
    opened = open_together(counting, tokens)
    assert opened == alone(tokens)
    assert opened[0] is Flaw.FORGED


@pytest.mark.parametrize(("link", "index"), [(1, 1), (1, 3), (2, 2), (0, 2)])
def test_a_token_vouches_for_the_place_before_its_own_only(link: int, index: int) -> None:
    bia = Voice(BIA)
    forged = SEALER.seal(bia.letter("never said"), EVE.identity, NOW)
    naming = SEALER.write(bia.letter("Oi").envelope, link, index, 0, forged.imprint)
    tokens = [forged.token, SEALER.seal(naming, BIA.identity, NOW).token]
    assert open_together(SEALER, tokens)[0] is Flaw.FORGED


def test_whoever_vouches_for_a_token_of_their_own_has_said_it(counting: Counting) -> None:
    """The one way in which it matters what comes together; only the sender can go it."""
    bia = Voice(BIA)
    wrong = SEALER.seal(bia.letter("signed wrongly"), EVE.identity, NOW)
    naming = SEALER.write(bia.letter("Oi").envelope, 1, 2, 0, wrong.imprint)
    tokens = [wrong.token, SEALER.seal(naming, BIA.identity, NOW).token]
    assert [type(each) for each in open_together(counting, tokens)] == [Letter, Letter]
    assert alone(tokens)[0] is Flaw.FORGED


def test_tokens_in_the_wrong_order_are_what_they_are_alone(counting: Counting) -> None:
    tokens = said(Voice(BIA), 6)[::-1]
    assert open_together(counting, tokens) == alone(tokens)
    assert counting.checks.total() == 6


def test_no_order_and_no_repeat_makes_more_than_one_check_a_token(counting: Counting) -> None:
    bia, ana = Voice(BIA), Voice(ANA)
    forged = [wrongly_signed(bia.letter("never said")) for _ in range(5)]
    tokens = [*chain.from_iterable(zip(forged, said(bia, 5), said(ana, 5), strict=True))] * 3
    assert open_together(counting, tokens) == alone(tokens)
    assert counting.checks.total() <= len(tokens)


def test_what_does_not_open_is_named_in_its_place(counting: Counting) -> None:
    bia = Voice(BIA)
    alien = Voice(member("Bia", 2, OTHER_KEY)).token("Oi")
    one, two = said(bia, 2)
    tokens = [alien, one, b"gAAAAA", two, KEY.fernet.encrypt(b"x")]
    opened = open_together(counting, tokens)
    assert opened == alone(tokens)
    assert [each for each in opened if isinstance(each, Flaw)] == [
        Flaw.UNDECRYPTABLE,
        Flaw.UNDECRYPTABLE,
        Flaw.FORGED,
    ]
    assert counting.checks.total() == 1


def test_a_first_token_that_names_one_before_it_vouches_for_it_like_any_other() -> None:
    bia = Voice(BIA)
    card = SEALER.seal(bia.card_letter(), EVE.identity, NOW)
    letter = SEALER.write(bia.letter(Text(text="Oi")).envelope, 1, 1, 0, NONE_BEFORE)
    tokens = [card.token, SEALER.seal(letter, BIA.identity, NOW).token]
    assert open_together(SEALER, tokens)[0] is Flaw.FORGED
