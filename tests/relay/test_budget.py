from sussurro_relay.budget import Budget, Charge, Kind

LIMIT = 16_000
SIXTEENTH = LIMIT // 16


def filled(sixteenths: int, kind: Kind = Kind.CONNECTIONS) -> Budget:
    budget = Budget(LIMIT)
    budget.charge(kind, sixteenths * SIXTEENTH)
    return budget


def test_what_was_charged_and_given_back_is_not_held() -> None:
    budget = Budget(LIMIT)
    budget.charge(Kind.ROOMS, 700)
    budget.charge(Kind.ROOMS, -200)
    assert budget.held() == dict.fromkeys(Kind, 0) | {Kind.ROOMS: 500}


def test_a_buffer_that_many_hold_is_charged_once_until_the_last_lets_go() -> None:
    budget, buffer = Budget(LIMIT), bytes(1000)
    budget.hold(buffer)
    once = budget.held()[Kind.BUFFERS]
    budget.hold(buffer)
    assert budget.held()[Kind.BUFFERS] == once >= 1000
    budget.drop(buffer)
    assert budget.held()[Kind.BUFFERS] == once
    budget.drop(buffer)
    assert budget.held()[Kind.BUFFERS] == 0


def test_equal_buffers_are_charged_each() -> None:
    budget = Budget(LIMIT)
    budget.hold(b"x" * 1000)
    budget.hold(b"y" * 999 + b"x")
    assert budget.held()[Kind.BUFFERS] >= 2000


def test_as_the_limit_comes_near_the_measures_come_in_their_order() -> None:
    """Windows shrink, then members wait, and only then is anybody refused."""
    measures = [
        (
            budget.is_tight,
            not budget.may_read,
            not budget.may_read_little,
            not budget.may_connect,
            not budget.may_join,
        )
        for budget in map(filled, range(17))
    ]
    assert [sum(taken) for taken in measures] == [0] * 10 + [1, 1, 2, 3, 4, 5, 5]
    assert all(taken == tuple(sorted(taken, reverse=True)) for taken in measures)


def test_while_there_is_space_a_window_may_be_as_large_as_it_likes() -> None:
    budget = filled(9)
    budget.share_out(rooms=1000, connections=1000)
    assert budget.window_bytes == LIMIT


def test_when_memory_is_tight_windows_share_what_connections_leave() -> None:
    budget = filled(4)
    budget.charge(Kind.WINDOWS, 8 * SIXTEENTH)
    budget.share_out(rooms=3, connections=1)
    assert budget.window_bytes == 6 * SIXTEENTH // 3


def test_the_log_in_memory_gives_way_to_connections() -> None:
    budget = Budget(LIMIT)
    before = budget.log_bytes
    budget.charge(Kind.CONNECTIONS, 7 * SIXTEENTH)
    budget.share_out(rooms=1, connections=1)
    assert budget.log_bytes == 3 * SIXTEENTH * 2 // 3 < before


def test_nobody_is_told_to_shrink_while_there_is_space() -> None:
    told: list[int] = []
    budget = filled(9)
    budget.when_shrinking(lambda: told.append(1))
    budget.share_out(rooms=1, connections=1)
    assert not told
    budget.charge(Kind.WINDOWS, SIXTEENTH)
    budget.share_out(rooms=1, connections=1)
    assert told


def test_shortage_begins_when_members_wait_and_ends_well_below() -> None:
    budget = filled(11)
    budget.share_out(rooms=0, connections=1)
    assert not budget.is_short
    budget.charge(Kind.CONNECTIONS, SIXTEENTH)
    budget.share_out(rooms=0, connections=1)
    assert budget.is_short
    budget.charge(Kind.CONNECTIONS, -1)
    budget.share_out(rooms=0, connections=1)
    assert budget.is_short
    budget.charge(Kind.CONNECTIONS, -SIXTEENTH)
    assert not budget.is_short


def test_the_more_connections_there_are_the_less_each_may_hold_and_bring() -> None:
    budget = Budget(256 * 1024 * 1024)
    budget.share_out(rooms=1, connections=16)
    few = budget.fair_bytes, budget.fair_rate
    budget.share_out(rooms=1, connections=1024)
    assert budget.fair_bytes == few[0] // 64
    assert budget.fair_rate == few[1] // 64
    budget.share_out(rooms=1, connections=1_000_000)
    assert budget.fair_bytes == 16 * 1024


def test_a_holder_is_charged_for_what_it_holds_now_and_for_nothing_twice() -> None:
    budget = Budget(1600)
    charge = Charge(budget, Kind.ROOMS)
    for size in (100, 100, 30):
        charge.settle(size)
        assert budget.held()[Kind.ROOMS] == charge.size == size
    charge.add(-30)
    assert not any(budget.held().values())
