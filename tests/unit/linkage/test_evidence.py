from dataclasses import replace

import pytest

from linkage.admission.evidence import evidence_text, facts, finite
from tests.support.linkage import RAISED


@pytest.mark.parametrize(
    ("evidence", "kept"),
    [
        pytest.param('{"readings": [1.5]}', '{"readings": [1.5]}', id="JSON as it is"),
        pytest.param("wet", '"wet"', id="words become a JSON string"),
        pytest.param("", '""', id="nothing becomes an empty one"),
        pytest.param("[NaN]", '"[NaN]"', id="no number that JSON does not know"),
        pytest.param(r'["\ud800"]', r'"[\"\\ud800\"]"', id="half a surrogate pair stays escaped"),
    ],
)
def test_evidence_is_json_for_sure(evidence: str, kept: str):
    assert evidence_text(replace(RAISED, evidence=evidence)) == kept


@pytest.mark.parametrize(
    ("value", "kept"), [(None, None), (1.5, 1.5), (float("nan"), None), (float("inf"), None)], ids=str
)
def test_only_finite_values_are_kept(value: float | None, kept: float | None):
    assert finite(value) == kept


def test_other_evidence_has_another_seal():
    assert facts(RAISED)["evidence"] != facts(replace(RAISED, evidence="{}"))["evidence"]
