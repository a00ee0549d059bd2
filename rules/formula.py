"""Formulas over named values: a small language of arithmetic and conditions, read by lark and computed by numpy.

There is nothing in it but numbers, names, operators and the functions below: no attribute, no index, no loop, no call
of anything else. What has no result (a division by 0, the root of a negative number, more than a float holds) is no
number, and so is all that depends on it; `and`, `or` and `if` look only at what decides.
"""

from collections.abc import Callable, Mapping
from functools import cache, lru_cache, reduce
from typing import NamedTuple

import numpy as np
from lark import Lark, Token, Transformer, UnexpectedCharacters, UnexpectedEOF, UnexpectedToken, v_args
from lark.exceptions import VisitError
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Values = Mapping[str, Floats]
Compute = Callable[[Values], Floats]

#: A formula longer, larger or deeper than this belongs in a kind of its own, with tests.
LONGEST, MOST_PARTS, DEEPEST = 400, 100, 40

_GRAMMAR = r"""
?start: either
?either: both | either "or" both -> any_of
?both: opposite | both "and" opposite -> all_of
?opposite: held | "not" opposite -> negation
?held: sum | sum COMPARISON sum -> binary
?sum: product | sum (PLUS | MINUS) product -> binary
?product: signed | product (TIMES | DIVIDED) signed -> binary
?signed: power | MINUS signed -> minus
?power: atom | atom POWER signed -> binary
?atom: NUMBER -> number
     | NAME -> name
     | NAME "(" either ("," either)* ")" -> call
     | "(" either ")"
COMPARISON: "<=" | ">=" | "==" | "!=" | "<" | ">"
PLUS: "+"
MINUS: "-"
TIMES: "*"
DIVIDED: "/"
POWER: "^"
NAME: /[A-Za-z_][A-Za-z0-9_]*/
NUMBER: /(\d+(\.\d+)?|\.\d+)([eE][+-]?\d+)?/
%ignore /[ \t\n]+/
"""

#: What the terminals of the grammar are called in a message.
_WORDS = {
    "NUMBER": "a number",
    "NAME": "a name",
    "COMPARISON": "a comparison",
    "PLUS": "`+`",
    "MINUS": "`-`",
    "TIMES": "`*`",
    "DIVIDED": "`/`",
    "POWER": "`^`",
    "LPAR": "`(`",
    "RPAR": "`)`",
    "COMMA": "`,`",
    "AND": "`and`",
    "OR": "`or`",
    "NOT": "`not`",
    "$END": "the end",
}


class BadFormula(ValueError):
    """Raised for a text that is no formula; `line` and `column` count from 1 within it."""

    def __init__(self, *, expected: str, got: str, line: int = 1, column: int = 1) -> None:
        super().__init__(f"Expected {expected}, got {got} - at line {line}, column {column}")
        self.expected, self.got, self.line, self.column = expected, got, line, column


class Named(NamedTuple):
    """A name in a formula, and where it stands first."""

    name: str
    line: int
    column: int


class Part(NamedTuple):
    """A part of a formula: how it is computed, how many parts it has, and how deep they lie."""

    compute: Compute
    size: int
    depth: int
    names: tuple[Named, ...]


@lru_cache(maxsize=4096)
def read_formula(text: str) -> Part:
    """Return what a text computes.

    Raises:
        BadFormula: it is too long, too large or too deep, or it is no formula.
    """
    if len(text) > LONGEST:
        raise BadFormula(expected=f"at most {LONGEST} characters", got=str(len(text)))
    try:
        return _parser().parse(text)  # type: ignore[return-value]  # the transformer makes parts of trees
    except (UnexpectedToken, UnexpectedCharacters, UnexpectedEOF) as error:
        raise _unexpected(error, text) from error
    except VisitError as error:
        if isinstance(error.orig_exc, BadFormula):
            raise error.orig_exc from None
        raise


def _unexpected(error: UnexpectedToken | UnexpectedCharacters | UnexpectedEOF, text: str) -> BadFormula:
    expected = (error.allowed or ()) if isinstance(error, UnexpectedCharacters) else error.expected
    words = f"one of {', '.join(sorted(_WORDS.get(str(one), str(one)) for one in expected))}"
    if isinstance(error, UnexpectedCharacters):
        return BadFormula(expected=words, got=f"`{error.char}`", line=error.line, column=error.column)
    if isinstance(error, UnexpectedToken) and error.token.type != "$END":
        return BadFormula(expected=words, got=f"`{error.token}`", line=error.line, column=error.column)
    lines = text.split("\n")
    return BadFormula(expected=words, got="the end", line=len(lines), column=len(lines[-1]) + 1)


def _defined(values: Floats) -> Floats:
    """Return values, no number where they are endless."""
    return np.where(np.isfinite(values), values, np.nan)


def _divided(one: Floats, other: Floats) -> Floats:
    return np.divide(one, np.where(other == 0, np.nan, other))


def _compared(how: np.ufunc) -> Callable[[Floats, Floats], Floats]:
    return lambda one, other: np.where(np.isnan(one) | np.isnan(other), np.nan, how(one, other))


def _chosen(condition: Floats, then: Floats, otherwise: Floats) -> Floats:
    return np.where(np.isnan(condition), np.nan, np.where(condition != 0, then, otherwise))


def _all_of(one: Floats, other: Floats) -> Floats:
    return np.where((one == 0) | (other == 0), 0.0, np.where(np.isnan(one) | np.isnan(other), np.nan, 1.0))


def _any_of(one: Floats, other: Floats) -> Floats:
    true = (~np.isnan(one) & (one != 0)) | (~np.isnan(other) & (other != 0))
    return np.where(true, 1.0, np.where(np.isnan(one) | np.isnan(other), np.nan, 0.0))


_OPERATORS: Mapping[str, Callable[[Floats, Floats], Floats]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": _divided,
    "^": np.power,
    "<": _compared(np.less),
    "<=": _compared(np.less_equal),
    ">": _compared(np.greater),
    ">=": _compared(np.greater_equal),
    "==": _compared(np.equal),
    "!=": _compared(np.not_equal),
}


class Function(NamedTuple):
    """A function that formulas know, and how many numbers it takes at least and at most."""

    compute: Callable[..., Floats]
    fewest: int
    most: int


def _least(*values: Floats) -> Floats:
    return reduce(np.minimum, values)


def _most(*values: Floats) -> Floats:
    return reduce(np.maximum, values)


FUNCTIONS: Mapping[str, Function] = {
    "abs": Function(np.abs, 1, 1),
    "sqrt": Function(np.sqrt, 1, 1),
    "exp": Function(np.exp, 1, 1),
    "ln": Function(np.log, 1, 1),
    "log10": Function(np.log10, 1, 1),
    "min": Function(_least, 2, 8),
    "max": Function(_most, 2, 8),
    "if": Function(_chosen, 3, 3),
}

#: Words that no value can be called.
RESERVED = frozenset({"and", "or", "not", *FUNCTIONS})


@v_args(inline=True)
class _Builder(Transformer[Token, Part]):
    """Makes parts as the parser goes, innermost first; nothing is walked a second time."""

    def number(self, token: Token) -> Part:
        value = np.float64(token)
        return Part(lambda _: np.asarray(value), 1, 1, ())

    def name(self, token: Token) -> Part:
        name = str(token)
        return Part(lambda values: values[name], 1, 1, (Named(name, token.line or 1, token.column or 1),))

    def binary(self, one: Part, sign: Token, other: Part) -> Part:
        return _joined(_OPERATORS[sign], (one, other), sign)

    def minus(self, sign: Token, one: Part) -> Part:
        return _joined(np.negative, (one,), sign)

    def negation(self, one: Part) -> Part:
        return _joined(lambda value: _compared(np.equal)(value, np.zeros(())), (one,))

    def all_of(self, one: Part, other: Part) -> Part:
        return _joined(_all_of, (one, other))

    def any_of(self, one: Part, other: Part) -> Part:
        return _joined(_any_of, (one, other))

    def call(self, name: Token, *given: Part) -> Part:
        function = FUNCTIONS.get(name)
        place = {"line": name.line or 1, "column": name.column or 1}
        if function is None:
            raise BadFormula(expected=f"one of {', '.join(f'`{one}`' for one in FUNCTIONS)}", got=f"`{name}`", **place)
        if not function.fewest <= len(given) <= function.most:
            many = f"{function.fewest} to {function.most}" if function.most > function.fewest else str(function.fewest)
            raise BadFormula(expected=f"{many} in the brackets of `{name}`", got=str(len(given)), **place)
        return _joined(function.compute, given, name)


def _joined(how: Callable[..., Floats], parts: tuple[Part, ...], at: Token | None = None) -> Part:
    size, depth = 1 + sum(part.size for part in parts), 1 + max(part.depth for part in parts)
    place = {"line": at.line or 1, "column": at.column or 1} if at is not None else {}
    if size > MOST_PARTS:
        raise BadFormula(expected=f"at most {MOST_PARTS} numbers, names and operators", got=f"{size}", **place)
    if depth > DEEPEST:
        raise BadFormula(expected=f"at most {DEEPEST} parts within each other", got=f"{depth}", **place)
    computes = [part.compute for part in parts]
    names = tuple(name for part in parts for name in part.names)
    return Part(lambda values: _defined(how(*(compute(values) for compute in computes))), size, depth, names)


@cache
def _parser() -> Lark:
    return Lark(_GRAMMAR, parser="lalr", transformer=_Builder())
