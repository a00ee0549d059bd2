"""The scenarios, by name: a new one is one file and one line here."""

from simulators.scenarios import flood, overheating
from simulators.scenarios.scenario import Scenario

SCENARIOS: dict[str, Scenario] = {
    scenario.name: scenario
    for scenario in (
        overheating.SCENARIO,
        flood.SCENARIO,
    )
}
