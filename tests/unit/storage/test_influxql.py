import pytest

from storage.influxql import identifier, literal


@pytest.mark.parametrize(
    ("text", "as_identifier", "as_literal"),
    [
        pytest.param("pm25", '"pm25"', "'pm25'", id="plain"),
        pytest.param("a'b", '"a\'b"', "'a\\'b'", id="single quote"),
        pytest.param('a"b', '"a\\"b"', "'a\"b'", id="double quote"),
        pytest.param("a\\", '"a\\\\"', "'a\\\\'", id="backslash at the end"),
        pytest.param("\\'", '"\\\\\'"', "'\\\\\\''", id="backslash before a quote"),
        pytest.param("a\nb", '"a\\nb"', "'a\\nb'", id="newline"),
        pytest.param(
            "' OR 1=1; DROP DATABASE x", '"\' OR 1=1; DROP DATABASE x"', "'\\' OR 1=1; DROP DATABASE x'", id="attack"
        ),
    ],
)
def test_text_stays_within_its_quotes(text: str, as_identifier: str, as_literal: str) -> None:
    assert identifier(text) == as_identifier
    assert literal(text) == as_literal
