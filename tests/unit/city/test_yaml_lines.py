import pytest

from city.errors import BadCityFile
from city.yaml_lines import parse_yaml


def test_values_know_their_line():
    document = parse_yaml("rules:\n  - id: water\n    limit: 15\n", "rules.yaml")

    (rule,) = document.fields(("rules",))["rules"].items()

    assert rule.entries()["limit"].at == "rules.yaml:3"
    assert rule.entries()["limit"].number() == 15.0


def test_alias_shares_its_value():
    document = parse_yaml("a: &x {n: 1}\nb: *x\n", "f.yaml").entries()

    assert document["b"] is document["a"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("a: [1", "got `expected ',' or ']', but got '<stream end>'` - at `f.yaml:1`", id="not yaml"),
        pytest.param("a: 1\nb: 2\na: 3", "Expected each key once, got `a` - at `f.yaml:3`", id="key twice"),
        pytest.param("a: 1\n7: 2", "Expected a word as key, got `7` - at `f.yaml:2`", id="key not a word"),
        pytest.param("a: &x [*x]", "Expected a value, got `an alias of itself` - at `f.yaml:1`", id="alias of itself"),
        pytest.param("a: 1\n--- \nb: 2", "Expected YAML", id="two documents"),
        pytest.param("a: 2026-13-45", "Expected YAML, got `month must be in 1..12`", id="impossible date"),
        pytest.param("a: \x01", "Expected YAML", id="control character"),
    ],
)
def test_text_that_is_not_a_document_is_refused(text: str, message: str):
    with pytest.raises(BadCityFile) as caught:
        parse_yaml(text, "f.yaml")

    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("reader", "text", "message"),
    [
        pytest.param(
            "entries", "[1, 2]", "Expected a mapping, got `a list of 2` - at `f.yaml:1`", id="list for mapping"
        ),
        pytest.param(
            "items", "{a: 1}", "Expected a list, got `a mapping of `a`` - at `f.yaml:1`", id="mapping for list"
        ),
        pytest.param("text", "''", "Expected a text, got `` - at `f.yaml:1`", id="empty text"),
        pytest.param("text", "0103", "Expected a text in quotes, got `0103` - at `f.yaml:1`", id="code without quotes"),
        pytest.param("text", "2026-01-01", "Expected a text in quotes, got `2026-01-01`", id="date without quotes"),
        pytest.param("flag", "1", "Expected true or false, got `1` - at `f.yaml:1`", id="number for flag"),
        pytest.param("number", ".inf", "Expected a number, got `.inf` - at `f.yaml:1`", id="infinite number"),
        pytest.param("number", "1" + 309 * "0", "Expected a number, got `10000", id="number beyond all"),
        pytest.param("number", "true", "Expected a number, got `true` - at `f.yaml:1`", id="flag for number"),
        pytest.param("whole", "1.5", "Expected a whole number, got `1.5` - at `f.yaml:1`", id="fraction for whole"),
        pytest.param("names", "{zh: 水}", "Expected `en`, got `nothing` - at `f.yaml:1`", id="one language"),
        pytest.param("names", "{zh: 水, en: w, fr: e}", "Expected one of `zh`, `en`, got `fr`", id="third language"),
    ],
)
def test_wrong_value_is_named_with_its_place(reader: str, text: str, message: str):
    located = parse_yaml(f"a: {text}", "f.yaml").entries()["a"]

    with pytest.raises(BadCityFile) as caught:
        getattr(located, reader)()

    assert message in str(caught.value)


def test_word_names_the_choices():
    located = parse_yaml("a: red", "f.yaml").entries()["a"]

    with pytest.raises(BadCityFile, match=r"Expected one of `blue`, `green`, got `red` - at `f.yaml:1`"):
        located.word(("blue", "green"))
