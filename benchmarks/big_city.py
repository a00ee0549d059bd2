"""A city folder for measuring: many sensors with three quantities each, and rules over every one of them."""

from pathlib import Path

from tests.support.small_city import write_small_city

_HEADER = (
    "id,name,name_en,domain,kind,longitude,latitude,district,grid,site,upstream,interval_s,quantities,"
    "authority,owner,maintainer,installed,tags,recorded"
)
#: Settings under which every alarm is an incident of its own, more of them than a city would look at one by one.
UNCAPPED = "[linkage.admission]\nstorm_most = 100000\nrule_most = 100000\n"

_RULE = """\
  - id: rule-{number:02d}
    name: {{zh: 规则{number}, en: Rule {number}}}
    kind: threshold
    source: "Made up for measuring"
    select: {{domain: environment, quantity: {quantity}, kinds: [bench]}}
    levels: {{critical: {{above: {limit}, hold: {hold}}}}}
    incident: {{class: road_water, priority: {{critical: 1}}, departments: [water-bureau]}}
"""


def write_big_city(folder: Path, *, sensors: int, rules: int = 20, first: int = 1) -> Path:
    """Write a city of `sensors` (`bench-000001` …, six digits); rule 1 fires above 50 °C at once, the others never."""
    write_small_city(folder)
    for plan in (folder / "plans").glob("*.yaml"):
        plan.unlink()  # they speak of sensors that are not here
    rows = [
        f"bench-{number:06d},测{number},Bench {number},environment,bench,{122.8 + number % 400 / 2000:.4f},"
        f"{36.1 + number // 400 % 400 / 2000:.4f},harbour,,,,,temperature;humidity;atmospheric_pressure,"
        f"water-bureau,water-bureau,water-bureau,2024-01-01,,"
        for number in range(first, first + sensors)
    ]
    (folder / "sensors.csv").write_text("\n".join([_HEADER, *rows]) + "\n", "utf-8")
    quantities = ("temperature", "humidity", "atmospheric_pressure")
    text = "".join(
        _RULE.format(
            number=number,
            quantity=quantities[(number - 1) % 3],
            limit=_limit(number),
            hold="0s" if number == 1 else "1m",
        )
        for number in range(1, rules + 1)
    )
    (folder / "rules" / "rules.yaml").write_text("rules:\n" + text, "utf-8")
    return folder


def _limit(number: int) -> int:
    return 50 if number == 1 else 2000 + number
