import pytest

from city.errors import BadCityFile
from linkage.departments import parse_departments
from linkage.reports.book import ReportBook, parse_reports, report_mistakes
from linkage.standards import parse_standards
from tests.support.linkage import DEPARTMENTS
from tests.support.reporting import REPORTS, STANDARDS


def wrong(text: str) -> str:
    with pytest.raises(BadCityFile) as refused:
        parse_reports(text)
    return str(refused.value)


def mistakes(text: str) -> list[str]:
    found = report_mistakes(parse_reports(text), parse_departments(DEPARTMENTS), parse_standards(STANDARDS))
    return [str(mistake) for mistake in found]


def test_what_the_city_says_is_read() -> None:
    book = parse_reports(REPORTS)

    assert [hotline.number for hotline in book.hotlines] == ["12345"]
    assert book.call_attempts == 2
    assert book.priority("road_water", "impassable") == 1
    assert book.priority("road_water", "") == 3


def test_city_that_says_nothing_has_defaults() -> None:
    book = parse_reports("")

    assert book == ReportBook()
    assert (book.within_m, book.within_ns) == (50.0, 86_400_000_000_000)
    assert book.priority("anything", "") == 3


@pytest.mark.parametrize(
    ("district", "department"),
    [pytest.param("east", "police", id="named district"), pytest.param("west", "water", id="everywhere else")],
)
def test_class_belongs_to_a_department_by_district(district: str, department: str) -> None:
    assert parse_reports(REPORTS).department("road_water", district) == department


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("hotlines: [{id: 12345, name: {zh: 热线, en: Line}, number: a}]", "a text", id="number as id"),
        pytest.param("duplicates: {within_m: 0}", "a number above 0", id="no distance"),
        pytest.param("callbacks: {attempts: 0}", "1 or more", id="no attempt"),
        pytest.param("callbacks: {scale: ten}", "one of `five`, `two`", id="unknown scale"),
        pytest.param("classes: [{class: a, priority: 6}]", "1 to 5", id="priority beyond"),
        pytest.param("classes: [{class: a}, {class: a}]", "each class once", id="class twice"),
        pytest.param("phones: []", "one of `hotlines`", id="unknown key"),
    ],
)
def test_mistake_is_named_with_its_line(text: str, expected: str) -> None:
    assert expected in wrong(text)
    assert "reports.yaml:1" in wrong(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("{class: fire}", "a class of case-standards.yaml, got `fire`", id="class"),
        pytest.param("{class: road_water, conditions: {dry: 1}}", "a condition of class `road_water`", id="condition"),
        pytest.param('{class: road_water, departments: {"*": desk}}', "a department that handles", id="department"),
    ],
)
def test_what_the_city_does_not_have_is_named(text: str, expected: str) -> None:
    (mistake,) = mistakes(f"classes:\n  - {text}\n")

    assert expected in mistake
    assert "reports.yaml:2" in mistake


def test_good_book_has_no_mistakes() -> None:
    assert mistakes(REPORTS) == []
