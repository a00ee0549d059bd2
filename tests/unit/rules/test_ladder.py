import pytest

from rules import ladder
from tests.support.judging import Bench, book, context, readings, rule, sensor


def test_nothing_is_compiled_where_nothing_is_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(ladder, "import_module")
    stranger = rule("{notice: {above: 10}}", select="{quantity: water_level, tags: [of-nobody]}")

    assert Bench().feed(context(book(stranger), [sensor(1)]), readings((1, 1, 0.5))) == []
