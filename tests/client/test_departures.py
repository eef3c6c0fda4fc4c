from sussurro_client.address import Address
from sussurro_client.contents import Delete, Text
from sussurro_client.departures import Departures, Said
from sussurro_client.session import Session
from tests.client.scenes import ANA


def test_what_is_said_is_on_its_way_until_it_arrives_which_it_does_once() -> None:
    session = Session(Address("127.0.0.1", 1), ANA)
    departures = Departures(session)
    text = departures.send("Oi")
    deletion = departures.say(Delete(of=bytes.fromhex(text)))
    aside = departures.whisper(ANA.person, Text(text="note"))
    change = departures.whisper(ANA.person, Delete(of=bytes.fromhex(aside)))
    assert departures.take_just_said() == (
        Said(text),
        Said(deletion),
        Said(aside, ANA.person),
        Said(change),
    )
    assert departures.take_just_said() == ()
    assert len(departures) == 4
    assert departures.arrive(text)
    assert not departures.arrive(text)
    assert not departures.arrive("of somebody else's")
    assert len(departures) == 3
    session._waker.close()
