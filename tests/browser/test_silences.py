"""A silence is previewed, saved and hides; what gets worse comes through; what still burns at its end comes up."""

from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import SignIn
from tests.support.program import Program
from tests.support.publisher import Publisher

pytestmark = pytest.mark.timeout(180)

_PATIENCE_MS = 20_000


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


def flood(source: Publisher, sensor: str, level_cm: float) -> None:
    source.reading(sensor, datetime.now(UTC).isoformat(), water_level=level_cm)


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
