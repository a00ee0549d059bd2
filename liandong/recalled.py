"""What is still known of the permanent numbers where the file that holds them is damaged."""

from pathlib import Path

from city.census import Census
from ingest.discovery import strangers_in
from ingest.identity import Recalled
from rules.salvage import salvage


def recalled_numbers(folder: Path) -> Recalled:
    """Return the numbers that the rules' checkpoint and discovery in ingest's `folder` remember."""
    context = salvage(folder / "rules.sqlite").context
    sensors = dict(strangers_in(folder / "discovery.sqlite"))
    if context is None:
        return Recalled(tuple(sensors.items()))
    census = Census.of(context.sensors)
    sensors.update(zip(census.numbers["number"].tolist(), census.texts["id"].all(), strict=True))
    quantities = tuple((number, name) for name, number in context.quantities.items())
    return Recalled(tuple(sensors.items()), quantities)
