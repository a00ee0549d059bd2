"""What a refusal's words show to who may not see bytes."""

import pytest

from api.withheld import without_found


@pytest.mark.parametrize(
    ("detail", "shown"),
    [
        ("Expected a number, got `Wang` - at `$.n`", "Expected a number - at `$.n`"),
        ("Expected a number, got `a - at `b`, got `c` - at `$.n`", "Expected a number - at `$.n`"),
        ("Expected a number, got `Wang\nLi` - at `$.n`", "Expected a number - at `$.n`"),
        ("Expected a number, got `Wang` - at `$.n`m`", "Expected a number"),
        ("ValueError: invalid literal: 'Wang'", "ValueError"),
        ("", ""),
    ],
)
def test_what_was_found_is_withheld(detail: str, shown: str) -> None:
    assert without_found(detail) == shown
