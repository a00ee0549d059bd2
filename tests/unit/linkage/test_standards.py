import pytest

from city.clock import SECOND_NS
from city.errors import BadCityFile
from linkage.standards import parse_standards
from tests.support.linkage import STANDARDS, book

ROW = 'id: {id}, name: {{zh: 一, en: X}}, code: "1", verify_min: {min}, file_min: 15, dispatch_min: 15, handle_h: 2'
REST = "check_min: 30, closing: {zh: 一, en: X}, source: s"


def test_limits_are_read_with_their_units():
    standard = book().standards.of("heat")

    assert standard.verify_ns == 600 * SECOND_NS
    assert standard.handle_ns == 3600 * SECOND_NS
    assert standard.close_ns == 600 * SECOND_NS


def test_codes_keep_their_leading_zeros():
    assert [standard.code for standard in parse_standards(STANDARDS)] == ["0506", "0601"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param(
            ROW.format(id="a", min=0) + ", " + REST,
            "Expected a limit above 0, got `0` - at `case-standards.yaml:2`",
            id="no time at all",
        ),
        pytest.param(
            ROW.format(id="a", min=30),
            "Expected `check_min`, got `nothing` - at `case-standards.yaml:2`",
            id="limit missing",
        ),
        pytest.param(
            ROW.format(id="a", min="soon") + ", " + REST,
            "Expected a number, got `soon` - at `case-standards.yaml:2`",
            id="limit in words",
        ),
    ],
)
def test_mistake_is_named_with_its_line(text: str, message: str):
    with pytest.raises(BadCityFile) as caught:
        parse_standards(f"classes:\n  - {{{text}}}\n")

    assert message in str(caught.value)


def test_class_twice_is_refused():
    row = "{" + ROW.format(id="a", min=30) + ", " + REST + "}"

    with pytest.raises(BadCityFile, match=r"each class once, got `a` - at `case-standards.yaml:3`"):
        parse_standards(f"classes:\n  - {row}\n  - {row}\n")
