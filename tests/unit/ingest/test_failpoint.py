import pytest

from city.errors import BadSettings
from ingest.failpoint import Failpoints, Place


@pytest.fixture
def deaths(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    codes: list[int] = []
    monkeypatch.setattr("os._exit", codes.append)
    return codes


@pytest.mark.parametrize(
    ("armed", "hits", "died"),
    [
        pytest.param((), 5, 0, id="nothing armed"),
        pytest.param(("after_commit",), 1, 0, id="another place armed"),
        pytest.param(("before_commit",), 1, 1, id="armed"),
        pytest.param(("before_commit:3",), 2, 0, id="not yet"),
        pytest.param(("before_commit:3",), 3, 1, id="at the third time"),
    ],
)
def test_process_dies_where_and_when_it_is_told(deaths, armed, hits, died):
    failpoints = Failpoints(armed)

    for _ in range(hits):
        failpoints.hit(Place.BEFORE_COMMIT)

    assert deaths == [137] * died


@pytest.mark.parametrize("armed", ["nowhere", "before_commit:often"])
def test_unknown_failpoint_is_a_bad_setting(armed):
    with pytest.raises(BadSettings, match="failpoints"):
        Failpoints((armed,))
