import pytest

from city.component import ComponentState
from city.place import Place
from registry.component_csv import BadComponents, read_components

HEADER = "id,kind,class,name,longitude,latitude"
GOOD = "9901010103000001,manhole,0103,雨水井盖,122.9,36.2"


def mistakes(text: str | bytes) -> list[str]:
    data = text if isinstance(text, bytes) else text.encode()
    with pytest.raises(BadComponents) as caught:
        read_components(data)
    return str(caught.value).split("\n")


def test_components_are_read() -> None:
    (component,) = read_components(f"{HEADER},state,tags\n{GOOD},damaged,a; b\n".encode())

    assert (component.id, component.kind, component.component_class) == ("9901010103000001", "manhole", "0103")
    assert component.place == Place(122.9, 36.2)
    assert (component.state, component.tags) == (ComponentState.DAMAGED, frozenset({"a", "b"}))


def test_every_mistake_is_told_with_its_line() -> None:
    text = "\n".join((HEADER, GOOD, GOOD, "1,pump,9902,泵,122.9,36.2", GOOD.replace("36.2", "96.2"), GOOD + ",x"))

    assert [line.rpartition(" ")[2] for line in mistakes(text)[:3]] == [
        "`components.csv:3`",
        "`components.csv:4`",
        "`components.csv:5`",
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("id,kind\n", "a column `class`", id="missing column"),
        pytest.param(f"{HEADER},colour\n", "columns out of", id="unknown column"),
        pytest.param(f"{HEADER}\n{GOOD},x\n", "Expected 6 cells", id="a cell too many"),
        pytest.param(f"{HEADER}\n{GOOD[:-5]}\n", "Expected 6 cells", id="a cell too few"),
        pytest.param(f"{HEADER},state\n{GOOD},lost\n", "`missing`", id="unknown state"),
        pytest.param(f"{HEADER}\n{GOOD.replace('122.9', 'nan')}\n", "degrees from -180 to 180", id="no number"),
        pytest.param(f"{HEADER}\n{GOOD.replace('manhole', '')}\n", "a value as `kind`", id="no kind"),
        pytest.param(f"{HEADER}\n{GOOD}\n".encode("gbk"), "UTF-8", id="another encoding"),
    ],
)
def test_mistake_says_what_was_expected(text: str | bytes, expected: str) -> None:
    assert expected in mistakes(text)[0]


@pytest.mark.parametrize(
    ("pattern", "code", "wrong"),
    [
        pytest.param("[0-9]{19}", "5101010102030000001", "", id="covers of a province"),
        pytest.param("[0-9]{6}[0-9]{2}[0-9]{3}[0-9]{5}", "9901010110300001", "", id="three digits of subclass"),
        pytest.param("[0-9]{19}", "9901010103000001", "fits", id="another length"),
        pytest.param("[0-9]{16}", "9901010103000001-x", "fits", id="more than the pattern"),
    ],
)
def test_codes_fit_the_citys_own_pattern(pattern: str, code: str, wrong: str) -> None:
    data = f"{HEADER}\n{GOOD.replace('9901010103000001', code)}\n".encode()
    if not wrong:
        assert read_components(data, code=pattern)[0].id == code
        return

    with pytest.raises(BadComponents, match=f"a code that {wrong}"):
        read_components(data, code=pattern)
