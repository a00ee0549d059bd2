"""A critical incident calls, in a city where nothing else does: what stands open elsewhere would call as well."""

from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import SignIn
from tests.support.program import Program
from tests.support.publisher import Publisher

pytestmark = pytest.mark.timeout(180)

_PATIENCE_MS = 60_000


@pytest.fixture(scope="module")
def accounts(program: Program) -> dict[str, str]:
    """Passwords of the people in this story, by user name."""
    return {name: program.account(name, role) for name, role in {"zhou": "monitor", "wang": "acceptor"}.items()}


def test_critical_incident_calls_until_somebody_takes_it(
    sign_in: SignIn, accounts: dict[str, str], source: Publisher
) -> None:
    wall, acceptor = sign_in("zhou", accounts["zhou"], "wall"), sign_in("wang", accounts["wang"])
    expect(wall.locator("nav")).to_have_count(0)
    call = wall.get_by_test_id("sound-bar")
    expect(call).to_be_hidden()

    source.reading("up-02", datetime.now(UTC).isoformat(), water_level=31.0)
    expect(call).to_contain_text("Underpass 2", timeout=_PATIENCE_MS)
    acceptor.locator("a[data-incident]", has_text="Underpass 2").first.click()
    acceptor.click("[data-step=acknowledge]")

    expect(call).to_be_hidden(timeout=_PATIENCE_MS)
