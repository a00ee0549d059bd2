"""Two incidents become one by a person's hand, and an alarm becomes an incident of its own again."""

from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import SignIn
from tests.support.program import Program
from tests.support.publisher import Publisher

pytestmark = pytest.mark.timeout(180)

_PATIENCE_MS = 20_000


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
