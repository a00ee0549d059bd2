import pytest

from city.errors import BadCityFile
from linkage.departments import Axis, parse_departments
from tests.support.linkage import book

DESKS = """departments:
  - {id: desk, name: {zh: 监督, en: Desk}, axis: supervision}
  - {id: command, name: {zh: 指挥, en: Command}, axis: command}
"""


@pytest.mark.parametrize(
    ("line", "message"),
    [
        pytest.param(
            "{id: x}", "Expected `name`, `axis`, got `nothing` - at `departments.yaml:4`", id="neither name nor axis"
        ),
        pytest.param(
            "{id: x, name: {zh: 一, en: X}, axis: police}",
            "Expected one of `supervision`, `command`, `department`, got `police` - at `departments.yaml:4`",
            id="no such axis",
        ),
        pytest.param(
            "{id: desk, name: {zh: 一, en: X}, axis: department}",
            "Expected each department once, got `desk` - at `departments.yaml:4`",
            id="twice",
        ),
        pytest.param(
            "{id: x, name: {zh: 一, en: X}, axis: department, channels: duty}",
            "Expected a list, got `duty` - at `departments.yaml:4`",
            id="one channel instead of a list",
        ),
        pytest.param(
            "{id: x, name: {zh: 一, en: X}, axis: department, telephone: 110}",
            "got `telephone` - at `departments.yaml:4`",
            id="unknown key",
        ),
        pytest.param(
            "{id: x, name: {zh: 一, en: X}, axis: department, level: planet}",
            "Expected one of `city`, `county`, got `planet` - at `departments.yaml:4`",
            id="no such level",
        ),
    ],
)
def test_mistake_is_named_with_its_line(line: str, message: str):
    with pytest.raises(BadCityFile) as caught:
        parse_departments(f"{DESKS}  - {line}\n")

    assert message in str(caught.value)


@pytest.mark.parametrize("missing", ["supervision", "command"])
def test_city_without_a_desk_is_refused(missing: str):
    text = "\n".join(line for line in DESKS.splitlines() if f"axis: {missing}" not in line)

    with pytest.raises(BadCityFile, match=f"at least one desk with axis `{missing}`"):
        parse_departments(text)


def test_desks_of_a_district_serve_only_it():
    directory = parse_departments(
        f"{DESKS}  - {{id: east, name: {{zh: 东, en: East}}, axis: supervision, level: county, district: east}}\n"
    )

    assert directory.desks(Axis.SUPERVISION, "east") == ("desk", "east")
    assert directory.desks(Axis.SUPERVISION, "west") == ("desk",)


def test_only_departments_that_exist_and_handle_are_dispatched_to():
    assert book().directory.handling(["water", "desk", "nobody", "water", "police"]) == ("water", "police")
