import pytest

from benchmarks.handshakes import form_irc, form_mqtt, form_nats, form_redis, mqtt_length


@pytest.mark.parametrize(
    ("size", "written"),
    [
        (0, b"\x00"),
        (127, b"\x7f"),
        (128, b"\x80\x01"),
        (16_383, b"\xff\x7f"),
        (16_384, b"\x80\x80\x01"),
        (268_435_455, b"\xff\xff\xff\x7f"),
    ],
)
def test_lengths_are_those_of_the_standards_table(size: int, written: bytes) -> None:
    assert mqtt_length(size) == written


def test_messages_are_wrapped_as_each_protocol_wants() -> None:
    assert form_redis(160).prefix == b"*3\r\n$7\r\nPUBLISH\r\n$4\r\nroom\r\n$160\r\n"
    assert form_nats(160).prefix == b"PUB room 160\r\n"
    assert form_irc(160).prefix == b"PRIVMSG #room :"
    mqtt = form_mqtt(160)
    assert mqtt.prefix == b"\x30\xa7\x01\x00\x04room"
    assert mqtt.suffix == b"\n"
    assert mqtt_length(len(mqtt.prefix[3:]) + 160 + len(mqtt.suffix)) == b"\xa7\x01"
