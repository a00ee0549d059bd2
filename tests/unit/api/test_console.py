"""The console's files."""

from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from api.app import create_app
from storage.sql import Database
from tests.support.api import BASE, given_on
from tests.support.feed import MemoryFeed


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "console"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<!doctype html><title>联动</title>", "utf-8")
    (folder / "icon.svg").write_text("<svg/>", "utf-8")
    (folder / "assets" / "index-1a2b.js").write_text("1", "utf-8")
    (tmp_path / "secret.txt").write_text("secret", "utf-8")
    return folder


async def ask(database: Database, folder: Path | None, path: str, method: str = "GET") -> httpx.Response:
    given, _ = given_on(database, MemoryFeed())
    transport = httpx.ASGITransport(create_app(replace(given, console=folder)))
    async with httpx.AsyncClient(transport=transport, base_url=BASE) as client:
        return await client.request(method, path)


async def test_index_is_asked_for_again(database: Database, folder: Path) -> None:
    answer = await ask(database, folder, "/")

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["cache-control"] == "no-cache"
    assert "联动" in answer.text


async def test_assets_are_kept_for_ever(database: Database, folder: Path) -> None:
    answer = await ask(database, folder, "/assets/index-1a2b.js")

    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"


@pytest.mark.parametrize(
    "path",
    [
        "/assets/missing.js",
        "/assets/%2e%2e/%2e%2e/secret.txt",
        "/..%2fsecret.txt",
        "/secret.txt",
    ],
)
async def test_what_is_not_the_consoles_is_not_found(database: Database, folder: Path, path: str) -> None:
    answer = await ask(database, folder, path)

    assert answer.status_code == 404


async def test_missing_asset_has_the_one_error_body(database: Database, folder: Path) -> None:
    answer = await ask(database, folder, "/assets/missing.js")

    assert answer.json()["code"] == "not_found"


async def test_other_files_are_served_by_name(database: Database, folder: Path) -> None:
    assert (await ask(database, folder, "/icon.svg")).headers["content-type"] == "image/svg+xml"


async def test_console_hides_no_api_path(database: Database, folder: Path) -> None:
    answers = [await ask(database, folder, path) for path in ("/healthz", "/api/v1/session", "/api/v1/nowhere")]

    assert [answer.status_code for answer in answers] == [200, 401, 404]


async def test_without_a_console_that_is_said(database: Database) -> None:
    answer = await ask(database, None, "/")

    assert (answer.status_code, answer.json()["detail"]) == (404, "No page `console`")
