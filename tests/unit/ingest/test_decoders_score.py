from typing import Any

import pytest

from ingest.decoders.families import FAMILIES
from ingest.manifest import Sample, read_samples
from ingest.scoring import Scorer
from tests.support.manifest import PAYLOADS

#: Families whose messages another family reads.
READ_BY = {"bosch": "onvif_mqtt"}


def known() -> list[Any]:
    if not PAYLOADS.exists():
        return [pytest.param(None, marks=pytest.mark.skip(reason=f"{PAYLOADS.name}: not beside the repository"))]
    ours = [one for one in read_samples(PAYLOADS) if READ_BY.get(one.family, one.family) in FAMILIES]
    return [pytest.param(one, id=one.file) for one in ours]


def born(scorer: Scorer, sample: Sample) -> None:
    """Let a family learn what came before."""
    for earlier in read_samples(PAYLOADS):
        if earlier.file == sample.file:
            return
        if earlier.family == sample.family:
            scorer.judge(earlier)


@pytest.mark.parametrize("sample", known())
def test_message_scores_in_full(sample: Sample):
    scorer = Scorer()
    if sample.expect == "readings_after_birth":
        born(scorer, sample)

    verdict = scorer.judge(sample)

    assert verdict.remarks == []
    assert (verdict.tally.missing, verdict.tally.invented) == (0, 0)
