from sussurro_client.events import Person
from tests.client.scenes import ANA, KEY_TEXT, identity


def test_the_others_see_a_name_and_a_public_key() -> None:
    assert ANA.person == Person("Ana", identity(1).public_key)


def test_what_is_wrapped_for_a_member_is_wrapped_for_the_identity() -> None:
    assert ANA.wrap_key == identity(1).wrap_key


def test_the_representation_of_a_member_shows_no_secret() -> None:
    assert KEY_TEXT not in repr(ANA)
    assert "signer" not in repr(ANA)
    assert "opener" not in repr(ANA)
