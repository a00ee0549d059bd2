import pytest

from city.calendar import Limit, Unit
from city.errors import BadCityFile
from linkage.standards import parse_standards
from tests.support.linkage import STANDARDS, book

ROW = 'id: {id}, name: {{zh: 一, en: X}}, code: "1", verify_min: {min}, file_min: 15, dispatch_min: 15, handle_h: 2'
REST = "check_min: 30, closing: {zh: 一, en: X}, source: s"


def test_limits_are_read_with_their_units():
    standard = book().standards.of("heat")

    assert standard.verify == Limit(10, Unit.MINUTE)
    assert standard.handle() == Limit(1, Unit.URGENT_HOUR)
    assert standard.close == Limit(10, Unit.MINUTE)


COVER = """\
classes:
  - id: cover
    name: {zh: 井盖, en: Manhole cover}
    code: "0101"
    verify: 30 minutes
    file: 15 minutes
    dispatch: 15 minutes
    check: 1 working_hour
    source: "a city's table"
    conditions:
      - {id: missing, name: {zh: 缺失, en: Missing}, handle: 2 urgent_hours, closing: {zh: 恢复, en: Restored}}
      - {id: noisy, name: {zh: 异响, en: Noisy}, handle: 2 working_days, closing: {zh: 修复, en: Repaired}, source: s}
"""


def test_a_class_may_tell_several_conditions_apart():
    standard = parse_standards(COVER).of("cover")

    assert [condition.id for condition in standard.conditions] == ["missing", "noisy"]
    assert standard.handle("noisy") == Limit(2, Unit.WORKING_DAY)
    assert standard.handle() == Limit(2, Unit.URGENT_HOUR)
    assert standard.check == Limit(1, Unit.WORKING_HOUR)
    assert standard.condition("noisy").closing["en"] == "Repaired"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        pytest.param("2 working_days", "2 days", "Expected an amount above 0 and `minute`, .* got `2 days`", id="unit"),
        pytest.param("id: noisy", "id: missing", "each condition once, got `missing` - at `.*:12`", id="twice"),
        pytest.param("    source", "    handle: 1 minute\n    source", "in each of the conditions", id="both ways"),
        pytest.param("    check: 1 working_hour\n", "", "Expected `check`, got `nothing`", id="a stage missing"),
        pytest.param("conditions:", "conditions: []\n    code2:", "got `code2`", id="unknown word"),
    ],
)
def test_a_mistake_in_conditions_is_named(old: str, new: str, message: str):
    with pytest.raises(BadCityFile, match=message):
        parse_standards(COVER.replace(old, new, 1))


def test_a_class_without_any_condition_is_refused():
    text = COVER[: COVER.index("    conditions:")]

    with pytest.raises(BadCityFile, match="Expected `closing`, got `nothing`"):
        parse_standards(text)
    with pytest.raises(BadCityFile, match="at least one condition"):
        parse_standards(text + "    conditions: []\n")


def test_codes_keep_their_leading_zeros():
    assert [standard.code for standard in parse_standards(STANDARDS)] == ["0506", "0601", "0101"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param(
            ROW.format(id="a", min=0) + ", " + REST,
            "Expected a limit above 0, got `0` - at `case-standards.yaml:2`",
            id="no time at all",
        ),
        pytest.param(
            ROW.format(id="a", min=30) + ", closing: {zh: 一, en: X}, source: s",
            "Expected `check`, got `nothing` - at `case-standards.yaml:2`",
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


def test_a_class_may_have_its_own_time_for_reopening():
    standards = parse_standards(COVER.replace("conditions:", "reopen: 3 natural_days\n    conditions:", 1))

    assert standards.of("cover").reopen == Limit(3, Unit.NATURAL_DAY)
    assert standards.of("another").reopen is None
