import hashlib
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from city.errors import BadDocument
from linkage.audit.chain import COLUMNS, GENESIS, SEALED, Chain, Damage, Fault, Head, seal
from linkage.audit.copying import Format, lines, verified_copy

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "incident": st.none() | st.integers(1, 2**53),
            "version": st.integers(0, 99),
            "task": st.none() | st.integers(1, 99),
            "department": st.none() | TEXT,
            "actor": st.none() | TEXT,
            "at_ns": st.integers(0, 2**62),
            **dict.fromkeys(("step", "from_state", "to_state", "actor_name", "note", "data"), TEXT),
        }
    ),
    max_size=8,
)


def chained(contents: list[dict[str, object]]) -> list[dict[str, object]]:
    """Return rows with their numbers and seals."""
    rows, before = [], GENESIS
    for number, content in enumerate(contents, 1):
        rows.append({**content, "number": number, "before": before, "hash": seal(content, before)})
        before = str(rows[-1]["hash"])
    return rows


def content(number: int) -> dict[str, object]:
    return {name: f"{name} {number}" for name in SEALED} | {
        "incident": None,
        "version": 1,
        "task": None,
        "at_ns": number,
    }


FIVE = chained([content(number) for number in range(5)])


@given(ROWS)
def test_seal_is_what_the_documentation_says(contents: list[dict[str, object]]):
    for row in chained(contents):
        text = json.dumps(
            {name: row[name] for name in SEALED}, ensure_ascii=False, sort_keys=True, separators=(",", ":")
        )
        assert hashlib.sha256(f"{row['before']}\n{text}".encode()).hexdigest() == row["hash"]


@given(ROWS, st.sampled_from(Format))
def test_copy_is_verified_as_it_was_written(contents: list[dict[str, object]], form: Format):
    rows = chained(contents)
    copy = io.StringIO("".join(lines(rows, form)), newline="")

    end, count, faults = verified_copy(copy)

    assert (count, faults) == (len(rows), [])
    assert end.hash == (rows[-1]["hash"] if rows else GENESIS)


@pytest.mark.parametrize("form", Format)
def test_stretch_from_the_middle_is_whole(form: Format):
    end, count, faults = verified_copy(io.StringIO("".join(lines(FIVE[2:4], form)), newline=""))

    assert (end, count, faults) == (Head(4, str(FIVE[3]["hash"])), 2, [])


def without(place: int) -> list[dict[str, object]]:
    return [row for row in FIVE if row["number"] != place]


def changed(name: str, value: object) -> list[dict[str, object]]:
    return [{**row, name: value} if row["number"] == 3 else row for row in FIVE]


@pytest.mark.parametrize("form", Format)
@pytest.mark.parametrize(
    ("tampered", "fault"),
    [
        pytest.param(changed("note", "dry"), Fault(Damage.CHANGED, 3), id="changed"),
        pytest.param(changed("actor", None), Fault(Damage.CHANGED, 3), id="actor taken away"),
        pytest.param(without(3), Fault(Damage.MISSING, 3), id="missing"),
        pytest.param(
            [{**row, "number": number} for number, row in enumerate(without(3), 1)],
            Fault(Damage.MISSING, 3),
            id="missing, and the rest moved up",
        ),
        pytest.param(
            [*FIVE[:1], {**FIVE[2], "number": 2}, {**FIVE[1], "number": 3}, *FIVE[3:]],
            Fault(Damage.REORDERED, 3),
            id="two changed places",
        ),
    ],
)
def test_tampering_with_a_copy_is_named(form: Format, tampered: list[dict[str, object]], fault: Fault):
    _, _, faults = verified_copy(io.StringIO("".join(lines(tampered, form)), newline=""))

    assert fault in faults


def test_copy_is_compared_with_anchors():
    text = "".join(lines(FIVE, Format.JSONL))

    assert verified_copy(io.StringIO(text), {4: str(FIVE[3]["hash"])})[2] == []
    assert verified_copy(io.StringIO(text), {4: "f" * 64})[2] == [Fault(Damage.REWRITTEN, 4)]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("hello\n", id="another file"),
        pytest.param("{}\n", id="other JSON"),
        pytest.param("{broken\n", id="no JSON"),
        pytest.param(",".join(COLUMNS) + "\n1,2\n", id="too few cells"),
        pytest.param(",".join(COLUMNS) + "\n" + ",".join(["x"] * len(COLUMNS)) + "\n", id="no number"),
    ],
)
def test_file_that_is_no_copy_is_refused(text: str):
    with pytest.raises(BadDocument):
        verified_copy(io.StringIO(text, newline=""))


def test_end_that_is_not_the_noted_one_is_found():
    chain = Chain(lambda _: False)

    assert [*chain.follow(FIVE), *chain.finish(Head(5, "f" * 64))] == [Fault(Damage.CHANGED, 5)]
