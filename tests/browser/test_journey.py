"""What a monitor and two officers see and do, in a real browser before the running program."""

from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import SignIn, take
from tests.support.program import Person, Program, eventually
from tests.support.publisher import Publisher, flood

pytestmark = pytest.mark.timeout(180)

_DRAWN = """() => {
  const map = document.querySelector('[data-map]').cityMap
  return map !== undefined && map.loaded() && map.queryRenderedFeatures({ layers: [SENSORS] }).length > 5
}"""


@pytest.fixture(scope="module")
def accounts(program: Program) -> dict[str, str]:
    """Passwords of the people in these stories, by user name."""
    people = {"wang": ("acceptor", ""), "deng": ("dispatcher", ""), "shui": ("officer", "water-bureau")}
    return {name: program.account(name, role, department=where) for name, (role, where) in people.items()}


def open_incident(page: Page, words: str) -> None:
    """Wait for the incident to stand in the queue, and open it."""
    row = page.locator("a[data-incident]", has_text=words).first
    row.wait_for()
    row.click()
    page.wait_for_selector("[data-step]")


def test_wrong_password_is_refused_in_words_and_the_right_one_opens_the_map(
    chromium: Browser, program: Program, accounts: dict[str, str]
) -> None:
    page = chromium.new_page(locale="en-GB")
    page.goto(program.url)
    page.fill("input[name=username]", "wang")
    page.fill("input[name=password]", "not the password at all")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_visible(timeout=20_000)

    page.fill("input[name=password]", accounts["wang"])
    page.keyboard.press("Enter")

    page.wait_for_selector("[data-map]")
    page.wait_for_function(_DRAWN.replace("SENSORS", "'sensors'"), timeout=60_000)
    page.close()


def test_incident_appears_moves_and_is_seen_by_another(
    sign_in: SignIn, accounts: dict[str, str], source: Publisher
) -> None:
    acceptor, dispatcher = sign_in("wang", accounts["wang"]), sign_in("deng", accounts["deng"])

    flood(source, "up-01", 31.0)
    open_incident(acceptor, "Underpass 1")
    open_incident(dispatcher, "Underpass 1")
    for step in ("acknowledge", "verify", "file"):
        take(acceptor, step)

    dispatcher.click("[data-step=dispatch]")
    dispatcher.locator("dialog button.primary").click()
    expect(acceptor.get_by_text("Water and Drainage").first).to_be_visible(timeout=20_000)


def test_officer_takes_the_task(sign_in: SignIn, accounts: dict[str, str], source: Publisher, program: Program) -> None:
    flood(source, "up-02", 20.0)
    dispatch_over_the_api(program, accounts, "up-02")
    officer = sign_in("shui", accounts["shui"])
    open_incident(officer, "Underpass 2")

    take(officer, "accept")

    officer.wait_for_selector("[data-step=arrive]")


def dispatch_over_the_api(program: Program, accounts: dict[str, str], sensor: str) -> None:
    """File the incident on a sensor and send it to the water bureau, as two people do."""
    acceptor = Person(program.url, "wang", accounts["wang"])
    dispatcher = Person(program.url, "deng", accounts["deng"])
    rows = eventually(lambda: [row for row in acceptor.incidents() if row["sensor"] == sensor], what="the incident")
    filed = acceptor.step(acceptor.step(rows[0], "verify"), "file")
    dispatcher.step(filed, "dispatch", departments=["water-bureau"])


def test_computed_value_is_shown_as_computed(sign_in: SignIn, accounts: dict[str, str], source: Publisher) -> None:
    source.reading("rack-01", datetime.now(UTC).isoformat(), domain="machine_room", temperature=20.0, humidity=50.0)

    page = sign_in("wang", accounts["wang"], "sensor/rack-01")

    row = page.locator("tr", has_text="Dew point")
    expect(row).to_contain_text("9.3", timeout=20_000)
    expect(row.locator(".chip")).to_have_text("computed")
    expect(row.locator(".chip.warn")).to_have_count(0)


def test_screen_says_when_it_is_stale(sign_in: SignIn, accounts: dict[str, str], program: Program) -> None:
    page = sign_in("wang", accounts["wang"])
    cover = page.get_by_test_id("stale")

    page.context.set_offline(True)
    program.stop()
    expect(cover.first).to_be_visible(timeout=20_000)
    page.context.set_offline(False)
    program.start()

    expect(cover.first).to_be_hidden(timeout=40_000)
