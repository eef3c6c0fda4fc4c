import socket
from contextlib import ExitStack

from benchmarks.load import Crowd, Demand, Form, plan


def test_the_plan_names_everybody_and_what_they_are_to_do() -> None:
    with ExitStack() as opened:
        sockets = [opened.enter_context(socket.socket()) for _ in range(6)]
        one, two, three, four, five, six = (each.fileno() for each in sockets)
        receivers = list(zip(sockets[:5], (0, 0, 0, 1, 1), strict=True))
        crowd = Crowd(receivers, [(sockets[5], 1)])
        text = plan(crowd, [Form(60, b"\x00P", b"\n"), Form(70)], Demand(9, 3, 2.5, 2, 4.0), [77])
    assert text.splitlines() == [
        "form 60 0050 0a",
        "form 70 - 0a",
        f"receiver {one} 0 1",
        f"receiver {two} 0 0",
        f"receiver {three} 0 1",
        f"receiver {four} 1 1",
        f"receiver {five} 1 0",
        f"sender {six} 1",
        "process 77",
        "messages 9",
        "warmup 3 2.5",
        "rate 2.5",
        "timeout 4.0",
    ]
