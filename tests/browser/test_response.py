"""A response in a real browser: proposed, started, acknowledged, raised, lowered and ended; and a drill, marked."""

from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import SignIn
from tests.support.program import Program
from tests.support.publisher import Publisher

pytestmark = pytest.mark.timeout(180)


@pytest.fixture(scope="module")
def accounts(program: Program) -> dict[str, str]:
    """Passwords of the people in these stories, by user name."""
    people = {"li": ("leader", ""), "shui": ("officer", "water-bureau")}
    return {name: program.account(name, role, department=where) for name, (role, where) in people.items()}


def go(page: Page, address: str) -> None:
    """Open a page of the console."""
    page.evaluate("address => { location.hash = address }", address)


def decide(page: Page, button: str, **words: str) -> None:
    """Press a button, write what its dialog asks for, and send it."""
    page.click(button)
    for name, text in words.items():
        page.locator(f"dialog [name={name}]").fill(text)
    page.locator("dialog button.primary").click()
    page.wait_for_selector("dialog", state="detached")


def test_response_from_proposal_to_end(sign_in: SignIn, accounts: dict[str, str], source: Publisher) -> None:
    leader, officer = sign_in("li", accounts["li"]), sign_in("shui", accounts["shui"])
    source.reading("up-01", datetime.now(UTC).isoformat(), water_level=31.0)

    leader.wait_for_selector("[data-bar=proposal]")
    go(leader, "#/plans")
    decide(leader, "[data-proposal] [data-follow]", matter="Underpass 1 deep under water")

    water = leader.locator("[data-department=water-bureau]")
    expect(water).to_contain_text("Not yet", timeout=20_000)  # the response opens on a page of its own
    go(officer, leader.evaluate("() => location.hash"))
    officer.click("[data-acknowledge]")
    expect(water.locator("[data-seen=true]")).to_be_visible(timeout=20_000)

    decide(leader, "[data-raise]", measures="Close the roads around it")
    expect(leader.locator("[data-level=III]").first).to_be_visible()
    expect(leader.locator("[data-department=traffic-police]")).to_be_visible()
    expect(water).to_contain_text("Pumps on site")
    expect(water).to_contain_text("Not yet")

    decide(leader, "[data-lower]", note="The water falls")
    expect(leader.locator("h1 [data-level=IV]")).to_be_visible()
    decide(leader, "[data-end]", note="The road is dry")
    expect(leader.locator("h1")).to_contain_text("Ended")


def test_warning_is_issued_changed_and_cancelled(sign_in: SignIn, accounts: dict[str, str]) -> None:
    leader = sign_in("li", accounts["li"])
    go(leader, "#/plans/warnings")

    decide(leader, "[data-issue]", area="Harbour", cautions="Underpasses", measures="Stay in")

    card = leader.locator("[data-warning]").first
    expect(card.locator("[data-colour=blue]")).to_be_visible()
    card.get_by_role("button", name="Change").click()
    leader.locator("dialog [name=level]").select_option("orange")
    leader.locator("dialog button.primary").click()
    expect(card.locator("[data-colour=orange]")).to_be_visible()
    card.get_by_role("button", name="Cancel").click()
    leader.locator("dialog [name=note]").fill("The rain is over")
    leader.locator("dialog button.primary").click()
    expect(leader.get_by_text("Warnings that are over")).to_be_visible()


def test_drill_is_marked_on_every_screen(sign_in: SignIn, accounts: dict[str, str]) -> None:
    leader, officer = sign_in("li", accounts["li"]), sign_in("shui", accounts["shui"])
    go(leader, "#/plans/drills")

    leader.locator("[data-scenario=exercise] button").click()

    expect(leader.locator("[data-drill-banner]")).to_be_visible()
    expect(officer.locator("[data-drill-banner]")).to_be_visible()
    go(leader, "#/plans/drills")
    leader.locator("[data-drill] button").first.click()
    leader.locator("dialog [name=note]").fill("Everybody knew their task")
    leader.locator("dialog button.primary").click()
    expect(leader.locator("[data-drill-banner]")).to_be_hidden()


def test_grade_owes_a_report_that_is_signed_and_sent(
    sign_in: SignIn, accounts: dict[str, str], source: Publisher, program: Program
) -> None:
    leader = sign_in("li", accounts["li"])
    source.reading("up-02", datetime.now(UTC).isoformat(), water_level=20.0)
    row = leader.locator("a[data-incident]", has_text="Underpass 2").first
    row.wait_for()
    row.click()

    leader.click("[data-step=grade]")
    leader.locator("dialog [name=deaths]").fill("3")
    expect(leader.locator("dialog")).to_contain_text("grade III")
    leader.locator("dialog [name=grade]").select_option("III")
    leader.locator("dialog button.primary").click()
    expect(leader.locator("[data-grade=III]")).to_be_visible()

    go(leader, "#/plans/upward")
    leader.locator("[data-upward] button").first.click()
    leader.locator("dialog button.primary").click()
    expect(leader.get_by_text("No report is owed")).to_be_visible()
