"""Folders and addresses where other systems leave CAP messages."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import cast

import pytest
from sqlalchemy import select

from linkage.cap.config import CapSettings, CapSource
from linkage.cap.feed import Entry, Masthead, atom
from linkage.cap.sources import CapSources
from linkage.cap.tables import CAP_RECEIVED
from linkage.cap.words import MsgType
from linkage.cap.writing import written
from linkage.config import LinkageSettings
from storage.sql import Database
from tests.support.cap import WARNING, later
from tests.support.linkage import Town
from tests.support.servers import HOST


class _Office(ThreadingHTTPServer):
    """A weather office that serves what stands in `pages`; None is a redirect to elsewhere."""

    daemon_threads = True
    pages: dict[str, bytes | None]


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        pages = cast("_Office", self.server).pages
        body = pages.get(self.path, b"")
        self.send_response(302 if body is None else 200 if body else 404)
        if body is None:
            self.send_header("Location", "/warning.xml")
        self.send_header("Content-Length", str(len(body or b"")))
        self.end_headers()
        self.wfile.write(body or b"")

    def log_message(self, format: str, *args: object) -> None:
        del format, args


@contextmanager
def weather_office(**pages: bytes | None) -> Iterator[str]:
    with _Office((HOST, 0), _Handler) as server:
        server.pages = {f"/{name.replace('_', '.')}": page for name, page in pages.items()}
        thread = threading.Thread(target=server.serve_forever, name="weather")
        thread.start()
        try:
            yield f"http://{HOST}:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


def desk(database: Database, allow: tuple[str, ...] = ("127.0.0.0/8",), **place: str) -> CapSources:
    source = CapSource(name="met", every_s=1.0, **place)
    settings = CapSettings(senders=("met@binhai.example",), sources=(source,), allow_internal=allow)
    clock = iter(range(0, 10_000, 10))
    return CapSources(Town(database, LinkageSettings(cap=settings)).ledger, lambda: float(next(clock)))


def received(database: Database) -> list[tuple[str, str]]:
    with database.read() as connection:
        rows = connection.execute(select(CAP_RECEIVED).order_by(CAP_RECEIVED.c.id))
        return [(row.identifier, row.state) for row in rows]


def test_files_of_a_folder_are_taken_once_and_put_aside(database: Database, tmp_path: Path) -> None:
    (tmp_path / "1.xml").write_bytes(written(WARNING))
    (tmp_path / "2.xml").write_bytes(written(later(WARNING, MsgType.CANCEL)))
    (tmp_path / "3.xml").write_bytes(b"garbage")
    sources = desk(database, folder=str(tmp_path))

    taken = [sources.take(), sources.take()]

    assert taken == [2, 0]
    assert received(database) == [("BH-20261120-1", "cancelled"), ("BH-20261120-1.30", "kept")]
    assert sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.xml")) == [
        "refused/3.xml",
        "taken/1.xml",
        "taken/2.xml",
    ]


def test_message_at_an_address_is_taken_once(database: Database) -> None:
    with weather_office(warning_xml=written(WARNING)) as url:
        sources = desk(database, url=f"{url}/warning.xml")
        taken = [sources.take(), sources.take()]

    assert taken == [1, 0]
    assert received(database) == [("BH-20261120-1", "in_force")]


def test_messages_of_an_atom_index_are_taken(database: Database) -> None:
    entries = [
        Entry(identifier=name, headline=name, sent_ns=0, expires_ns=0, msg_type="Alert") for name in ("a.xml", "b.xml")
    ]
    with weather_office(a_xml=written(WARNING), b_xml=written(replace(WARNING, identifier="2"))) as url:
        index = atom(Masthead(sender="met", name="", url=url), entries, 0).replace(b"/messages/", b"/")
        with weather_office(index_atom=index) as other:
            sources = desk(database, url=f"{other}/index.atom")
            taken = [sources.take(), sources.take()]

    assert taken == [2, 0]
    assert [name for name, _ in received(database)] == ["BH-20261120-1", "2"]


def test_messages_of_an_rss_index_are_taken(database: Database) -> None:
    rss = b"<rss><channel><link>http://x</link><item><title>1</title><link>/warning.xml</link></item></channel></rss>"
    with weather_office(rss=rss, warning_xml=written(WARNING)) as url:
        assert desk(database, url=f"{url}/rss").take() == 1


@pytest.mark.parametrize(
    "page",
    [
        pytest.param({"index_xml": None}, id="a redirect"),
        pytest.param({"index_xml": b"no xml"}, id="no XML"),
        pytest.param({}, id="nothing there"),
    ],
)
def test_address_that_gives_nothing_is_asked_again_later(database: Database, page: dict[str, bytes | None]) -> None:
    with weather_office(warning_xml=written(WARNING), **page) as url:
        assert desk(database, url=f"{url}/index.xml").take() == 0

    assert received(database) == []


def test_internal_address_is_not_asked_unless_allowed(database: Database) -> None:
    with weather_office(warning_xml=written(WARNING)) as url:
        assert desk(database, allow=(), url=f"{url}/warning.xml").take() == 0

    assert received(database) == []
