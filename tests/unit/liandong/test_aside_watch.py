"""That alarms are set aside is an incident of its own, until they were admitted."""

from dataclasses import replace
from pathlib import Path

import pytest

from city.alarm import AlarmTransition, Change
from city.sensor import Sensor
from liandong.aside_watch import AsideWatch
from linkage.admission.setting_aside import SettingAside
from tests.support.linkage import Town, alarm
from tests.support.migrated import migrated


@pytest.fixture
def town(tmp_path: Path) -> Town:
    return Town(migrated(tmp_path / "city.sqlite"))


def test_alarms_set_aside_are_an_incident_until_they_are_admitted(town: Town, tmp_path: Path):
    def broken(_: str) -> Sensor | None:
        raise ZeroDivisionError

    said: list[AlarmTransition] = []
    faulty = replace(town.ledger, book=replace(town.ledger.book, sensor=broken))
    SettingAside(faulty).admit([alarm()])
    watch = AsideWatch(town.database, town.ledger.clock, tmp_path / "mark", said.extend)
    raised = [watch.take(), watch.take()]
    SettingAside(town.ledger).take()
    cleared = [watch.take(), watch.take()]

    assert (raised, cleared) == ([1, 0], [1, 0])
    assert [one.change for one in said] == [Change.RAISED, Change.CLEARED]
    assert town.raised(said[0]).title.en == "Alarms could not be admitted: admission"
