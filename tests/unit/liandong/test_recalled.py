from contextlib import closing

from city.catalogue import default_catalogue
from city.clock import SystemClock
from city.entry import Context, Journaled, NumberedSensor
from ingest.discovery import Discovery
from ingest.identity import Recalled
from ingest.message import Sighting
from liandong.recalled import recalled_numbers
from rules.checkpoint import Judge
from tests.support.sensors import BARE


def test_checkpoint_and_discovery_remember_numbers(tmp_path) -> None:
    with closing(Judge.open(tmp_path / "rules.sqlite", default_catalogue(), SystemClock())) as judge:
        judge.apply(Journaled(1, Context(0, "v", (), (NumberedSensor(4, BARE),), {"pm25": 9})))
    with closing(Discovery(tmp_path / "discovery.sqlite")) as discovery:
        discovery.note([Sighting(6, "stranger", "t")], 1)
        discovery.flush()

    known = recalled_numbers(tmp_path)

    assert (dict(known.sensors), known.quantities) == ({4: BARE.id, 6: "stranger"}, ((9, "pm25"),))


def test_nothing_remembers_in_an_empty_folder(tmp_path) -> None:
    assert recalled_numbers(tmp_path) == Recalled()
