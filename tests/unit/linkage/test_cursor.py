import pytest
from hypothesis import given
from hypothesis import strategies as st

from city.errors import BadRequest
from linkage import cursor


@given(st.lists(st.integers(-(2**63), 2**63 - 1), min_size=1, max_size=6).map(tuple))
def test_cursor_keeps_its_key(key: tuple[int, ...]):
    assert cursor.decode(cursor.encode(key), len(key)) == key


@given(st.text(max_size=40))
def test_other_text_is_no_cursor(text: str):
    with pytest.raises(BadRequest):
        cursor.decode(text, 7)


@pytest.mark.parametrize(
    "key",
    [
        pytest.param("WzFd", id="another list's length"),
        pytest.param("WzEsMi41XQ", id="a fraction"),
        pytest.param("WzEsdHJ1ZV0", id="a flag"),
        pytest.param("eyJhIjoxfQ", id="a mapping"),
        pytest.param("WzEsOTk5OTk5OTk5OTk5OTk5OTk5OTk5OV0", id="a number that SQL cannot hold"),
        pytest.param("中文", id="not ASCII"),
    ],
)
def test_wrong_key_is_refused(key: str):
    with pytest.raises(BadRequest, match="a cursor of this list"):
        cursor.decode(key, 2)
