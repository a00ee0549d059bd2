"""A silence is previewed, saved and hides; what gets worse comes through; what still burns at its end comes up."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import SignIn
from tests.support.program import Person, Program, eventually, until
from tests.support.publisher import Publisher, flood

pytestmark = pytest.mark.timeout(180)

_PATIENCE_MS = 60_000


@pytest.fixture(scope="module")
def accounts(program: Program) -> dict[str, str]:
    """Passwords of the people in this story, by user name."""
    return {"fang": program.account("fang", "foreman")}


def silence(page: Page, sensor: str, reason: str) -> None:
    """Open the form, choose a sensor, see what would be hidden, and save."""
    page.evaluate("location.hash = '#/silences'")
    page.get_by_role("button", name="New silence").click()
    dialog = page.get_by_role("dialog", name="New silence")
    expect(dialog.get_by_test_id("preview")).to_contain_text("Choose at least one")
    dialog.get_by_label("Sensors", exact=True).fill(sensor)
    expect(dialog.get_by_test_id("preview")).to_contain_text("sensors concerned: 1", timeout=_PATIENCE_MS)
    dialog.get_by_label("Reason").fill(reason)
    dialog.get_by_role("button", name="Save silence").click()
    expect(dialog).to_be_hidden()


def test_silence_hides_lets_a_rise_through_and_lets_up_what_still_burns(
    sign_in: SignIn, accounts: dict[str, str], source: Publisher
) -> None:
    foreman = sign_in("fang", accounts["fang"])
    silence(foreman, "up-01", "pump test at underpass 1")
    silence(foreman, "up-02", "pump test at underpass 2")

    flood(source, "up-01", 16.0)
    flood(source, "up-02", 16.0)
    foreman.evaluate("location.hash = '#/queue'")
    held = foreman.get_by_test_id("held")
    expect(held).to_contain_text("2 held back", timeout=_PATIENCE_MS)
    expect(foreman.get_by_test_id("queue")).not_to_contain_text("Underpass")
    held.get_by_role("button", name="Show").click()
    expect(foreman.locator("[data-held=silenced]")).to_have_count(2)
    foreman.keyboard.press("Escape")

    flood(source, "up-01", 31.0)
    queue = foreman.get_by_test_id("queue")
    expect(queue).to_contain_text("Underpass 1", timeout=_PATIENCE_MS)
    expect(queue).not_to_contain_text("Underpass 2")

    foreman.evaluate("location.hash = '#/silences'")
    foreman.on("dialog", lambda dialog: dialog.accept())
    row = foreman.locator("tr[data-silence]", has_text="pump test at underpass 2")
    expect(row).to_contain_text("1 now", timeout=_PATIENCE_MS)
    row.get_by_role("button", name="End").click()
    foreman.evaluate("location.hash = '#/queue'")
    expect(queue).to_contain_text("Underpass 2", timeout=_PATIENCE_MS)


#: Two rules about one sensor: one that opens one incident and says how many more, and one in shadow.
_RULES = """\
  - id: crowd-capped
    name: {zh: 人群, en: Crowd}
    kind: threshold
    source: "made up for this story"
    select: {sensors: [crowd-01, crowd-02, crowd-03], quantity: water_level}
    levels: {notice: {above: 5, clear: 4}}
    incident: {class: road_water, priority: {notice: 4}, at_most: {alarms: 1, within: 1h}}
  - id: crowd-shadow
    name: {zh: 人群试运行, en: Crowd in shadow}
    kind: threshold
    source: "made up for this story"
    shadow: {against: crowd-capped}
    select: {sensors: [crowd-01, crowd-02, crowd-03, crowd-04], quantity: water_level}
    levels: {notice: {above: 4.5, clear: 4}}
    incident: {class: road_water, priority: {notice: 4}}
"""


def test_cap_says_how_many_more_and_a_shadow_is_compared(
    sign_in: SignIn, accounts: dict[str, str], program: Program, source: Publisher, city: Path
) -> None:
    file = city / "rules" / "rules.yaml"
    file.write_text(file.read_text("utf-8") + _RULES, "utf-8")
    fang = Person(program.url, "fang", accounts["fang"])
    eventually(lambda: fang.get("/shadow-rules")["items"], what="the rule in shadow")
    for number in range(1, 5):
        flood(source, f"crowd-0{number}", 8.0 if number < 4 else 4.8)
    record = "/shadow-rules/crowd-shadow/record"
    until(lambda: fang.get(record), lambda found: (found["both"], found["only_shadow"]) == (3, 1), what="its record")

    foreman = sign_in("fang", accounts["fang"], at="shadow")
    expect(foreman.locator("tr[data-shadow=crowd-shadow]")).to_contain_text("rules.yaml:")
    verdict = foreman.get_by_test_id("shadow-verdict")
    expect(verdict).to_contain_text("Both: 3")
    expect(verdict).to_contain_text("Only shadow: 1")
    expect(foreman.locator("tr[data-side=only_shadow]")).to_contain_text("crowd-04")

    foreman.evaluate("location.hash = '#/queue'")
    foreman.get_by_test_id("queue").get_by_text("Crowd: and 2 more").first.click()
    expect(foreman.locator("[data-held=capped]")).to_have_count(2)


#: What is proposed: the rule about underpasses tells of a hand's breadth too, and is told first with a slip of the pen.
_PROPOSED = """\
rules:
  - id: underpass-water
    name: {zh: 下穿通道积水, en: Underpass flooding}
    kind: threshold
    source: "made up for this story"
    select: {domain: environment, quantity: water_level, kinds: [underpass_level]}
    unit: cm
    levels: {notice: {above: 6, clear: 5}}
    incident: {class: road_water, priority: {notice: 4}, departments: [water-bureau]}
"""


def test_proposed_rule_is_tried_on_what_was_before_it_wakes_anybody(
    sign_in: SignIn, accounts: dict[str, str], source: Publisher
) -> None:
    foreman = sign_in("fang", accounts["fang"], at="backtest")
    flood(source, "up-01", 8.0)
    proposed = foreman.get_by_label("Proposed rules")
    begin = foreman.get_by_role("button", name="Start")
    standing = foreman.locator("[data-state]")

    proposed.fill(_PROPOSED.replace("above: 6", "above: six"))
    begin.click()
    expect(standing).to_contain_text("proposed.yaml:8", timeout=_PATIENCE_MS)
    expect(standing).to_contain_text("got six")

    proposed.fill(_PROPOSED)
    begin.click()
    expect(foreman.locator("[data-state=done]")).to_contain_text("readings", timeout=3 * _PATIENCE_MS)
    row = foreman.locator("[data-table=rules] tr", has_text="underpass-water")
    expect(row).to_contain_text("Underpass flooding")
    expect(foreman.locator("[data-table=load]")).to_contain_text("Water")
    difference = foreman.locator("[data-table=difference] tr", has_text="underpass-water")
    expect(difference.filter(has_text="up-0").first).to_be_visible()
