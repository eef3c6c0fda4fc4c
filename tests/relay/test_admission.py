import ast
from dataclasses import replace
from ipaddress import ip_network

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sussurro_relay.admission import UNKNOWN, Doorkeeper, Rate, TrustedProxies, check_join
from sussurro_wire.errors import Reason, WireError
from sussurro_wire.messages import Join
from tests.support.relay import CARD, SERVICES, RoomSecret

NONCE = "bm9uY2U"
SECRET = RoomSecret()
EVERY_ROOM: frozenset[str] = frozenset()


def why_refused(join: Join, nonce: str = NONCE, rooms: frozenset[str] = EVERY_ROOM) -> Reason:
    with pytest.raises(WireError) as caught:
        check_join(join, nonce, rooms)
    assert join.room not in str(caught.value)
    return caught.value.reason


def altered(join: Join, room: str = "", proof: str = "", card: str = "") -> Join:
    return replace(join, room=room or join.room, proof=proof or join.proof, card=card or join.card)


def test_who_holds_the_key_comes_in() -> None:
    check_join(SECRET.join(NONCE), NONCE, EVERY_ROOM)
    check_join(SECRET.join(NONCE), NONCE, frozenset({SECRET.room}))


@pytest.mark.parametrize(
    "join",
    [
        altered(SECRET.join(NONCE), proof=RoomSecret(2).join(NONCE).proof),
        altered(SECRET.join(NONCE), room=RoomSecret(2).room),
        altered(SECRET.join(NONCE), card="gAAAAAsomebodyelse"),
        SECRET.join("YW5vdGhlcg"),
    ],
    ids=["another key", "another room", "a swapped card", "another nonce"],
)
def test_a_proof_is_good_for_one_key_one_room_one_card_and_one_nonce(join: Join) -> None:
    assert why_refused(join) is Reason.BAD_PROOF


@pytest.mark.parametrize("changes", [{"room": "c2hvcnQ"}, {"proof": "c2hvcnQ"}])
def test_a_room_or_a_proof_of_the_wrong_size_is_malformed(changes: dict[str, str]) -> None:
    assert why_refused(altered(SECRET.join(NONCE), **changes)) is Reason.MALFORMED


def test_a_room_that_is_not_on_the_list_is_refused_even_with_a_good_proof() -> None:
    rooms = frozenset({RoomSecret(2).room})
    assert why_refused(SECRET.join(NONCE, CARD), rooms=rooms) is Reason.ROOM_REFUSED


def test_who_comes_by_a_proxy_counts_in_all_at_once_and_by_its_address_once_that_is_known() -> None:
    door = Doorkeeper(limit=3, limit_per_address=1)
    assert [door.admit_unknown() for _ in range(4)] == [None] * 3 + [Reason.TOO_MANY_CONNECTIONS]
    assert door.introduce("a") is None
    assert door.introduce("a") is Reason.TOO_MANY_FROM_ADDRESS
    assert door.introduce("b") is None
    for address in (UNKNOWN, "a", "b"):
        door.release(address)
    assert len(door) == 0
    assert (door.admit("a"), door.admit("b")) == (None, None)


@pytest.mark.parametrize(
    ("address", "is_trusted"),
    [("10.1.2.3", True), ("11.1.2.3", False), ("2001:db8::7", True), ("fe80::1%eth0", False)],
)
def test_a_proxy_is_trusted_by_its_own_address_or_by_its_network(
    address: str, *, is_trusted: bool
) -> None:
    proxies = TrustedProxies([ip_network("10.0.0.0/8"), ip_network("2001:db8::/32")])
    assert (address in proxies) is is_trusted
    assert address not in TrustedProxies()


def test_the_door_closes_at_each_limit_and_opens_when_somebody_leaves() -> None:
    door = Doorkeeper(limit=3, limit_per_address=2)
    assert [door.admit("a"), door.admit("a")] == [None, None]
    assert door.admit("a") is Reason.TOO_MANY_FROM_ADDRESS
    assert door.admit("b") is None
    assert door.admit("c") is Reason.TOO_MANY_CONNECTIONS
    door.release("a")
    assert door.admit("c") is None


def test_an_address_is_forgotten_with_its_last_connection() -> None:
    door = Doorkeeper(10, 10)
    door.admit("a")
    door.release("a")
    assert not door._of_address


def test_a_rate_lets_a_burst_through_and_then_makes_the_sender_wait() -> None:
    rate = Rate(100, now=0.0)
    rate.take(200, 0.0)
    assert not rate.is_over(0.0)
    rate.take(100, 0.0)
    assert rate.is_over(0.5)
    assert not rate.is_over(1.0)


@settings(derandomize=True, deadline=None, max_examples=200)
@given(st.lists(st.tuples(st.integers(1, 5000), st.floats(0, 10)), max_size=60))
def test_whatever_the_schedule_a_sender_gets_no_more_than_its_rate_and_one_read(
    schedule: list[tuple[int, float]],
) -> None:
    rate, now, taken = Rate(100, now=0.0), 0.0, 0
    for size, pause in schedule:
        now += pause
        if not rate.is_over(now):
            assert taken <= 200 + 100 * now + 0.001
            rate.take(size, now)
            taken += size


def test_no_other_module_of_the_relay_knows_cryptography_and_this_one_only_signatures() -> None:
    imports: dict[str, set[str]] = {}
    for path in (SERVICES / "sussurro_relay").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = []
            if isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            elif isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            found = {name for name in names if name.split(".")[0] == "cryptography"}
            if found:
                imports.setdefault(path.name, set()).update(found)
    assert imports == {
        "admission.py": {
            "cryptography.exceptions",
            "cryptography.hazmat.primitives.asymmetric.ed25519",
        }
    }
