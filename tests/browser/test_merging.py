"""Two incidents become one by a person's hand, an alarm becomes one of its own again, and so does a hint."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import SignIn
from tests.support.program import Person, Program, eventually
from tests.support.publisher import Publisher

pytestmark = pytest.mark.timeout(180)

_PATIENCE_MS = 60_000


@pytest.fixture(scope="module")
def accounts(program: Program) -> dict[str, str]:
    """Passwords of the people in this story, by user name."""
    return {"shen": program.account("shen", "acceptor")}


def test_acceptor_merges_two_incidents_and_detaches_an_alarm(
    sign_in: SignIn, accounts: dict[str, str], source: Publisher
) -> None:
    for sensor in ("up-01", "up-02"):
        source.reading(sensor, datetime.now(UTC).isoformat(), water_level=32.0)
    acceptor = sign_in("shen", accounts["shen"])
    acceptor.evaluate("location.hash = '#/queue'")
    acceptor.locator("a[data-incident]", has_text="Underpass 2").first.click()
    acceptor.get_by_role("button", name="Merge into…").click()
    dialog = acceptor.get_by_role("dialog", name="Merge into…")
    dialog.locator("label", has_text="Underpass 1").first.click()
    dialog.get_by_label("Reason").fill("one flood")
    dialog.get_by_role("button", name="Merge into…").click()

    expect(acceptor.locator("h1")).to_contain_text("Underpass 1", timeout=_PATIENCE_MS)
    expect(acceptor.locator("[data-alarm]")).to_have_count(2, timeout=_PATIENCE_MS)
    expect(acceptor.locator("[data-event=merge]")).to_have_count(1)

    acceptor.locator("[data-alarm]", has_text="up-02").get_by_role("button", name="Detach").click()
    own = acceptor.get_by_role("dialog", name="Let this alarm be an incident of its own")
    own.get_by_label("Reason").fill("another underpass")
    own.get_by_role("button", name="Let this alarm").click()
    expect(acceptor.locator("h1")).to_contain_text("Underpass 2", timeout=_PATIENCE_MS)


#: A rule about the sensor itself, put in force while the story runs.
_JUMPS = """\
  - id: air-jump
    name: {zh: 空气站跳变, en: Air station jumps}
    kind: stuck
    source: "made up for this story"
    select: {sensors: [air-01], quantity: temperature}
    per: 1m
    levels: {major: {steps: 5}}
    incident: {class: road_water, priority: {major: 3}}
"""


def test_sensor_in_doubt_is_no_incident_until_somebody_says_so(
    sign_in: SignIn, accounts: dict[str, str], program: Program, source: Publisher, city: Path
) -> None:
    file = city / "rules" / "rules.yaml"
    file.write_text(file.read_text("utf-8") + _JUMPS, "utf-8")
    shen = Person(program.url, "shen", accounts["shen"])
    eventually(lambda: "air-jump" in {one["id"] for one in shen.get("/rules")["items"]}, what="the rule in force")
    acceptor = sign_in("shen", accounts["shen"], at="equipment")
    now = datetime.now(UTC)

    for second, heat in ((-1, 20.0), (0, 40.0)):
        source.reading("air-01", (now + timedelta(seconds=second)).isoformat(), temperature=heat)
    row = acceptor.locator("tr[data-hint=air-01]")
    expect(row).to_contain_text("Air station jumps", timeout=_PATIENCE_MS)
    expect(row).to_contain_text("Water and Drainage")
    assert not [one for one in shen.get("/incidents")["items"] if "Air station" in one["title"]["en"]]

    row.get_by_role("button", name="Order maintenance").click()
    ordered = acceptor.get_by_role("dialog", name="Order maintenance")
    ordered.get_by_label("Reason").fill("probe in the sun")
    ordered.get_by_role("button", name="Order maintenance").click()
    expect(row).to_contain_text("probe in the sun", timeout=_PATIENCE_MS)

    row.get_by_role("button", name="Make an incident").click()
    made = acceptor.get_by_role("dialog", name="Make an incident")
    made.get_by_label("Reason").fill("the only station at the harbour")
    made.get_by_role("button", name="Make an incident").click()
    expect(acceptor.locator("h1")).to_contain_text("Air station jumps", timeout=_PATIENCE_MS)
