import pytest
from hypothesis import given
from hypothesis import strategies as st

from city.clock import SECOND_NS
from linkage.telling.link import Link, LinkKeys, Links

KEY, OTHER = b"k" * 32, b"o" * 32
MESSAGE = "0123456789abcdef" * 2
UNTIL_NS = 1_800_000_000 * SECOND_NS
KEYS = LinkKeys([KEY])
TOKEN = KEYS.token(MESSAGE, UNTIL_NS)


def test_token_says_what_it_was_made_of():
    assert KEYS.read(TOKEN) == Link(MESSAGE, UNTIL_NS)


def test_same_message_has_the_same_token():
    assert KEYS.token(MESSAGE, UNTIL_NS) == TOKEN


def test_key_that_was_replaced_is_still_recognised_and_signs_no_more():
    after = LinkKeys([OTHER, KEY])

    assert after.read(TOKEN) == Link(MESSAGE, UNTIL_NS)
    assert after.token(MESSAGE, UNTIL_NS) != TOKEN
    assert LinkKeys([OTHER]).read(TOKEN) is None


@given(st.integers(0, len(TOKEN) - 1), st.sampled_from("0123456789abcdefXYZ_-."))
def test_changed_token_is_not_recognised(place: int, letter: str):
    changed = TOKEN[:place] + letter + TOKEN[place + 1 :]

    assert changed == TOKEN or KEYS.read(changed) is None


@given(st.text(max_size=100))
def test_whatever_else_is_not_recognised(text: str):
    assert KEYS.read(text) is None


@pytest.mark.parametrize("keys", [[], [b"short"]], ids=["none", "too short"])
def test_weak_keys_are_refused(keys: list[bytes]):
    with pytest.raises(ValueError, match="at least 16 bytes"):
        LinkKeys(keys)


def test_link_is_under_the_consoles_address():
    assert Links(KEYS, "https://wall.example/").url(MESSAGE, UNTIL_NS) == f"https://wall.example/ack/{TOKEN}"
