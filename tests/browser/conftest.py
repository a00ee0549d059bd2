"""A real Chromium before the running program."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.support.program import Person, Program, running_program
from tests.support.publisher import Publisher, publisher
from tests.support.servers import require
from tests.support.small_city import write_small_city

#: What Chromium does beside the pages. Its address bar is a page of its own in each window, in a process that takes
#: 0.7 CPU-s to start.
_BESIDE = (
    *("WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "WebUIOmniboxFullPopup", "InitialWebUI", "WebUIToolbar"),
    *("TabSearch", "SpareRendererForSitePerProcess", "PreloadTopChromeWebUI"),
)
#: What Playwright turns off itself; a list of ours replaces it.
_BY_PLAYWRIGHT = (
    *("AimEnabled", "AvoidCorsURLLoaderRestartOnRedirect", "AvoidUnnecessaryBeforeUnloadCheckSync", "LensOverlay"),
    *("DestroyProfileOnBrowserClose", "HttpsFirstBalancedModeAutoEnable", "HttpsUpgrades", "MediaRouter"),
    *("NetworkTimeServiceQuerying", "OptimizationHints", "PaintHolding", "PreconnectToSearch"),
    "ThirdPartyStoragePartitioning",
)
#: Chromium draws WebGL in software here, and is kept from looking for the world outside.
_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--enable-unsafe-swiftshader",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    f"--disable-features={','.join((*_BESIDE, *_BY_PLAYWRIGHT))}",
]
#: The smallest screen that a desk has. Rows and pins that pulse are drawn without a graphics card here, sixty times a
#: second, which takes a third of a core: whoever sits there has asked for less motion.
_SCREEN = {"viewport": {"width": 1366, "height": 768}, "locale": "en-GB", "reduced_motion": "reduce"}
_DIST = Path(__file__).resolve().parents[2] / "console" / "dist" / "index.html"
_PATIENCE_MS = 60_000

# What is expected is waited for as long as a page is: a busy machine takes longer than five seconds now and then.
expect.set_options(timeout=_PATIENCE_MS)

SignIn = Callable[..., Page]


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the city of the story; a story that needs another one has a fixture of this name."""
    return write_small_city(tmp_path_factory.mktemp("city") / "smallville")


@pytest.fixture(scope="module")
def settings() -> str:
    """Return the settings of the story."""
    return ""


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory, city: Path, settings: str) -> Iterator[Program]:
    if not _DIST.exists():
        reason = "the console is not built: `make console`"
        pytest.fail(reason) if os.environ.get("CI") == "true" else pytest.skip(reason)
    with running_program(Program(tmp_path_factory.mktemp("browser"), city, settings)) as program:
        yield program


@pytest.fixture(scope="module")
def source(program: Program) -> Iterator[Publisher]:
    password = program.command("source", "add", "field", "--topics", "city/#")
    with publisher(program.mqtt_port, username="field", password=password) as connected:
        yield connected


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    program = require("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=_ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def sign_in(chromium: Browser, program: Program) -> Iterator[SignIn]:
    """Return a way to sign in with a browser of one's own and open a page of the console; each closes with the test.

    The form has a story of its own in test_journey.py, so nobody waits for it elsewhere.
    """
    contexts = []

    def signed_in(username: str, password: str, at: str = "queue") -> Page:
        page = screen_of(chromium, Person(program.url, username, password), at)
        contexts.append(page.context)
        return page

    yield signed_in
    for context in contexts:
        context.close()


def screen_of(chromium: Browser, person: Person, at: str, **options: Any) -> Page:
    """Open a browser of one's own at a page of the console, for somebody who has signed in; the caller closes it."""
    context = chromium.new_context(**{**_SCREEN, **options})
    site = str(person.client.base_url.copy_with(path="/"))
    context.add_cookies(
        [{"name": one.name, "value": one.value or "", "url": site} for one in person.client.cookies.jar]
    )
    page = context.new_page()
    page.set_default_timeout(_PATIENCE_MS)
    page.goto(f"{site}#/{at}")
    page.wait_for_selector("[data-page] *")
    return page


def take(page: Page, step: str) -> None:
    """Take a step, with the first of its conditions and nothing else, and wait until it is no longer offered."""
    page.click(f"[data-step={step}]")
    page.wait_for_function(f"() => document.querySelector('dialog') || !document.querySelector('[data-step={step}]')")
    if page.locator("dialog").count():
        if page.locator("dialog input[name=condition]").count():
            page.locator("dialog input[name=condition]").first.check()
        page.locator("dialog button.primary").click()
    page.wait_for_selector(f"[data-step={step}]", state="detached")
