import io

from sussurro_client.line_ports import LONGEST_LINE, Flow, read_lines


def test_what_no_line_asked_for_takes_a_place_all_the_same_or_owes_it() -> None:
    flow = Flow(2)
    flow.wait()
    flow.take()
    flow.take()  # there is no place any more
    assert flow._space._value == 0
    flow.free()
    assert flow._space._value == 0
    flow.free(2)
    assert flow._space._value == 2


def test_lines_are_read_as_they_are_and_the_rest_of_one_too_long_is_none() -> None:
    said: list[bytes] = []
    lines = io.BytesIO(b"Oi\r\n\n" + b"x" * (LONGEST_LINE + 5) + b"\nlast")
    read_lines(lines, Flow(), said.append)
    assert [len(line) for line in said] == [4, 1, LONGEST_LINE, 4, 0]
