import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.formula import DEEPEST, LONGEST, MOST_PARTS, BadFormula, read_formula


def result(text: str, /, **values: float) -> float:
    with np.errstate(all="ignore"):
        return float(read_formula(text).compute({name: np.array(value) for name, value in values.items()}))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 + 2 * 3", 7),
        ("(1 + 2) * 3", 9),
        ("8 - 4 - 2", 2),
        ("8 / 4 / 2", 1),
        ("-2 ^ 2", -4),
        ("2 ^ 3 ^ 2", 512),
        ("2 ^ -1", 0.5),
        ("1.5e3 + .5", 1500.5),
        ("3 > 2", 1),
        ("3 > 2 and not 2 >= 3", 1),
        ("0 or 1 and 0", 0),
        ("min(3, 1, 2) + max(1, 2)", 3),
        ("abs(-3) + sqrt(4) + ln(exp(1)) + log10(100)", 8),
        ("if(1 < 2, 5, 6)", 5),
        ("1\n+ 2", 3),
    ],
)
def test_formula_computes(text: str, expected: float) -> None:
    assert result(text) == pytest.approx(expected)


@pytest.mark.parametrize(
    "text",
    ["1 / 0", "0 / 0", "sqrt(-1)", "ln(0)", "exp(1000)", "1 / exp(1000)", "(1 / 0) > 1", "not 1 / 0", "9 ^ 9999"],
)
def test_formula_has_no_result(text: str) -> None:
    assert math.isnan(result(text))


@pytest.mark.parametrize(
    ("text", "expected"), [("b != 0 and 1 / b > 3", 0), ("b == 0 or 1 / b > 3", 1), ("if(b == 0, 7, 1 / b)", 7)]
)
def test_formula_looks_only_at_what_decides(text: str, expected: float) -> None:
    assert result(text, b=0) == expected


@pytest.mark.parametrize(
    ("text", "got", "line", "column"),
    [
        ("a +", "the end", 1, 4),
        ("a $ b", "`$`", 1, 3),
        ("a\n  + ) 2", "`)`", 2, 5),
        ("a.real", "`.`", 1, 2),
        ("a[0]", "`[`", 1, 2),
        ("open('x')", "`'`", 1, 6),
        ("__import__(1)", "`__import__`", 1, 1),
        ("sqrt(1, 2)", "2", 1, 1),
        ("lambda x: x", "`x`", 1, 8),
        ("x == y == z", "`==`", 1, 8),
        ("", "the end", 1, 1),
    ],
)
def test_formula_refuses_anything_else(text: str, got: str, line: int, column: int) -> None:
    with pytest.raises(BadFormula) as caught:
        read_formula(text)

    assert (caught.value.got, caught.value.line, caught.value.column) == (got, line, column)
    assert caught.value.expected


@pytest.mark.parametrize(
    "text",
    [
        " " * LONGEST + "1",
        "max(" + ", ".join(["1 + 2 + 3 + 4 + 5 + 6 + 7 + 8 + 9"] * (MOST_PARTS // 15)) + ")",
        "-" * DEEPEST + "1",
        "(" * 399,
    ],
    ids=["long", "large", "deep", "open"],
)
def test_formula_is_bounded(text: str) -> None:
    with pytest.raises(BadFormula):
        read_formula(text)


def test_formula_says_what_would_have_been_right() -> None:
    with pytest.raises(
        BadFormula, match="Expected one of `\\(`, `-`, a name, a number, got the end - at line 1, column 4"
    ):
        read_formula("a +")


_NUMBER = st.sampled_from(["a", "b", "0", "1", "2.5"])
_FORMULA = st.recursive(
    _NUMBER,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["+", "-", "*", "/", "<", ">=", "and", "or"]), inner).map(
            lambda parts: f"({' '.join(parts)})"
        ),
        inner.map(lambda one: f"(not {one})"),
        st.tuples(inner, inner, inner).map(lambda parts: f"if({', '.join(parts)})"),
    ),
    max_leaves=12,
)


@given(_FORMULA, st.lists(st.tuples(st.floats(-3, 3), st.integers(-1, 1)), min_size=1, max_size=5))
def test_formula_gives_each_row_what_it_gives_it_alone(text: str, rows: list[tuple[float, int]]) -> None:
    columns = {"a": np.array([a for a, _ in rows]), "b": np.array([float(b) for _, b in rows])}

    with np.errstate(all="ignore"):
        together = np.broadcast_to(read_formula(text).compute(columns), len(rows))

    assert np.array_equal(together, [result(text, a=a, b=float(b)) for a, b in rows], equal_nan=True)
