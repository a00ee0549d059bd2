import pytest
from hypothesis import given
from hypothesis import strategies as st

from city.errors import BadCityFile
from linkage.evaluation.arithmetic import Ratio
from linkage.evaluation.formulas import DEFAULT_FILE, default_formulas, parse_formulas
from linkage.evaluation.scoring import judged
from linkage.evaluation.vocabulary import COUNTS, Subject

TEXT = DEFAULT_FILE.read_text("utf-8")
FORMULAS = default_formulas()


def score(subject: Subject, counts: dict[str, int], area_class: str = "") -> float | None:
    return judged(FORMULAS, FORMULAS.composites[subject], counts, area_class=area_class).score


def test_department_is_scored_as_the_standard_says():
    counts = {"filed": 60, "should_close": 60, "closed": 54, "should_handle": 60, "handled_in_time": 45, "rework": 6}

    # 90 × 10 % + 90 × 30 % + 75 × 30 % + (1 − 0.1) × 100 × 30 %
    assert score(Subject.DEPARTMENT, counts) == 85.5


def test_district_is_scored_as_the_standard_says():
    counts = {"filed": 4, "public": 1, "should_close": 4, "closed": 3, "closed_in_time": 2}

    # 75 × 10 % + 75 × 20 % + 75 × 30 % + 50 × 40 %
    assert score(Subject.DISTRICT, counts, "class_1") == 65.0
    assert score(Subject.DISTRICT, counts, "class_2") == 65.0


def test_dispatcher_is_scored_as_the_standard_says():
    counts = {"should_dispatch": 200, "dispatched": 190, "dispatched_in_time": 150, "redispatched": 10}

    # 40 × 20 % + 75 × 40 % + 90 × 40 %
    assert score(Subject.DISPATCHER, counts) == 74.0


def test_item_without_data_gives_its_weight_to_the_others():
    verdict = judged(FORMULAS, FORMULAS.composites[Subject.FOREMAN], {"filed": 10, "filed_in_time": 10, "voided": 5})

    assert verdict.score == round((100 * 25 + 50 * 40) / 65, 2)
    assert [(part.score, round(part.used_weight, 2)) for part in verdict.parts] == [
        (100.0, 38.46),
        (50.0, 61.54),
        (None, 0.0),
    ]


def test_nothing_done_is_no_data_and_no_grade():
    verdict = judged(FORMULAS, FORMULAS.composites[Subject.DEPARTMENT], {})

    assert (verdict.score, verdict.grade) == (None, None)
    assert verdict.parts[0].score == 100.0  # no case filed; alone it is no reason for a grade


def test_score_is_withheld_where_the_city_says_so():
    formulas = parse_formulas(TEXT.replace("  foreman:\n    no_data: share", "  foreman:\n    no_data: withhold"))

    assert judged(formulas, formulas.composites[Subject.FOREMAN], {"filed": 1, "filed_in_time": 1}).score is None


@pytest.mark.parametrize(
    ("points", "letter"),
    [(100, "A"), (90, "A"), (89.99, "B"), (75, "B"), (60, "C"), (59.99, "D"), (40, "D"), (39.99, "E"), (0, "E")],
)
def test_grade_begins_at_its_limit(points: float, letter: str):
    assert FORMULAS.grade(points).letter == letter


def test_nothing_over_nothing_is_no_data():
    assert Ratio(0, 0).value is None
    assert Ratio(3, 0).value is None
    assert Ratio(0, 3).value == 0.0


@given(st.dictionaries(st.sampled_from(sorted(COUNTS)), st.integers(0, 3000)), st.sampled_from(Subject))
def test_score_stays_between_0_and_100(counts: dict[str, int], subject: Subject):
    area_class = "class_1" if subject.is_area else ""

    found = score(subject, counts, area_class)

    assert found is None or 0 <= found <= 100


@given(st.integers(0, 500), st.integers(0, 500))
def test_more_in_time_is_never_worse(in_time: int, more: int):
    counts = {"filed": 40, "should_close": 1000, "closed": 900, "should_handle": 1000, "rework": 3}

    lower = score(Subject.DEPARTMENT, {**counts, "handled_in_time": in_time})
    higher = score(Subject.DEPARTMENT, {**counts, "handled_in_time": in_time + more})

    assert lower is not None
    assert higher is not None
    assert higher >= lower


@pytest.mark.parametrize(
    ("old", "new", "line", "expected"),
    [
        pytest.param("of: public\n", "of: public * 2\n", 13, "counts joined by", id="other arithmetic"),
        pytest.param("of: public\n", "of: eval(filed)\n", 13, "counts joined by", id="a call"),
        pytest.param("of: filed - voided", "of: filed - lost", 46, "one of", id="an unknown count"),
        pytest.param("closing_rate, weight: 30", "closing_rate, weight: 31", 0, "add up to 100", id="weights"),
        pytest.param("grade: B, from: 75", "grade: B, from: 95", 0, "from the best down", id="grades out of order"),
        pytest.param("{grade: E, from: 0,", "{grade: E, from: 10,", 0, "from the best down", id="a hole at the bottom"),
        pytest.param("bands: [{from: 0, score: 100}", "bands: [{from: 1, score: 100}", 0, "begin at 0", id="bands"),
        pytest.param("colour: green", "colour: pink", 0, "one of", id="a colour that has no shape"),
        pytest.param("  dispatcher:\n", "  director:\n", 0, "one of", id="an unknown subject"),
        pytest.param("weight: 40, score: rate", "weight: 40, score: eval", 0, "one of", id="an unknown way to score"),
    ],
)
def test_mistake_is_named_with_its_line(old: str, new: str, line: int, expected: str):
    assert old in TEXT

    with pytest.raises(BadCityFile, match=expected) as caught:
        parse_formulas(TEXT.replace(old, new, 1), "evaluation.yaml")

    assert caught.value.at.startswith("evaluation.yaml:")
    assert not line or int(caught.value.at.partition(":")[2]) in range(line - 3, line + 4)


def test_city_writes_down_only_what_is_different():
    formulas = parse_formulas("areas: {default_class: class_1, classes: {class_2: [east]}}")

    assert (formulas.class_of("east"), formulas.class_of("west")) == ("class_2", "class_1")
    assert formulas.composites == FORMULAS.composites
    assert formulas.grades == FORMULAS.grades


def test_city_scores_one_subject_otherwise():
    own = "subjects: {foreman: {items: [{item: filed_right_rate, weight: 100, score: rate, source: ours}]}}"
    formulas = parse_formulas(own)

    assert [item.id for item in formulas.composites[Subject.FOREMAN].items] == ["filed_right_rate"]
    assert formulas.composites[Subject.DEPARTMENT] == FORMULAS.composites[Subject.DEPARTMENT]
