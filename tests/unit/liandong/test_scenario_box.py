from pathlib import Path

from liandong.scenario_box import ScenarioBox


def test_what_was_asked_for_is_taken_once_and_in_order(tmp_path: Path) -> None:
    box = ScenarioBox(tmp_path / "scenarios")
    box.ask("flood")
    box.ask("overheating")

    taken, again = box.take(), box.take()

    assert [start.name for start in taken] == ["flood", "overheating"]
    assert again == ()


def test_box_that_nobody_used_is_empty(tmp_path: Path) -> None:
    assert ScenarioBox(tmp_path / "scenarios").take() == ()
