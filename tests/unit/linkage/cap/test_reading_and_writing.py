from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from city.errors import BadDocument
from city.place import Place
from linkage.cap.model import Alert, Area, Circle, Reference
from linkage.cap.reading import read
from linkage.cap.words import MsgType, Scope, Status
from linkage.cap.writing import written
from linkage.cap.xml import MAX_BYTES
from tests.support.cap import RAIN, SENT, WARNING, alerts, later

HEAD = '<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">'
FIRST = f"{HEAD}<identifier>1</identifier><sender>a@b</sender>"
REST = "<status>Actual</status><msgType>Alert</msgType><scope>Public</scope></alert>"


@settings(max_examples=150)
@given(alerts)
def test_what_is_written_is_read_as_it_was(alert: Alert) -> None:
    assert read(written(alert)) == alert


@settings(max_examples=200)
@given(st.binary(max_size=200) | st.text(max_size=100).map(lambda text: text.encode()))
def test_garbage_is_refused_with_its_reason(data: bytes) -> None:
    with pytest.raises(BadDocument, match="Expected"):
        read(data)


@settings(max_examples=100)
@given(st.integers(0, 700), st.integers(0, 255))
def test_damaged_message_is_read_or_refused(place: int, byte: int) -> None:
    text = bytearray(written(WARNING))
    text[place % len(text)] = byte

    with suppress(BadDocument):
        assert read(bytes(text)).sender


def test_utc_is_written_as_the_standard_wants_it() -> None:
    xml = written(replace(WARNING, sent=datetime(2026, 11, 20, 8, tzinfo=UTC)))

    assert b"<sent>2026-11-20T08:00:00-00:00</sent>" in xml
    assert b"Z</" not in xml


def test_place_is_latitude_before_longitude() -> None:
    area = Area(description="x", circles=(Circle(Place(121.5, 31.25), 0.5),))

    xml = written(replace(WARNING, infos=(replace(RAIN, areas=(area,)),)))

    assert b"<circle>31.25,121.5 0.5</circle>" in xml


def test_blanks_around_texts_do_not_matter() -> None:
    text = written(WARNING).decode().replace("<event>", "<event>\n   ").replace("</status>", " </status>")

    assert read(text.encode()) == WARNING


def test_signature_is_passed_over() -> None:
    signature = '<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"><SignedInfo/></Signature></alert>'

    assert read(written(WARNING).decode().replace("</alert>", signature).encode()) == WARNING


def test_names_with_spaces_are_quoted() -> None:
    alert = replace(WARNING, scope=Scope.PRIVATE, addresses=("one", "duty room"))

    assert b'<addresses>one "duty room"</addresses>' in written(alert)


@pytest.mark.parametrize(
    ("text", "at", "message"),
    [
        pytest.param("", "line 1", "no element found", id="nothing"),
        pytest.param("<alert/>", "document", "urn:oasis", id="no namespace"),
        pytest.param(HEAD.replace("1.2", "1.1") + "</alert>", "document", "cap:1.1", id="an older version"),
        pytest.param('<!DOCTYPE a [<!ENTITY b "c">]>' + HEAD + "</alert>", "document", "no document type", id="entity"),
        pytest.param(HEAD + "</alert>", "identifier", "got `nothing`", id="nothing in it"),
        pytest.param(FIRST + "<sent>2026-11-20T08:00:00Z</sent>" + REST, "sent", "+08:00", id="Z"),
        pytest.param(FIRST + "<sent>2026-11-20T08:00:00.5+08:00</sent>" + REST, "sent", "+08:00", id="a fraction"),
        pytest.param(FIRST + "<sent>2026-02-30T08:00:00+08:00</sent>" + REST, "sent", "exists", id="no such day"),
        pytest.param(FIRST + "<status>Real</status></alert>", "sent", "nothing", id="sent left out"),
        pytest.param(HEAD + "<sender>a</sender><identifier>1</identifier></alert>", "alert", "order", id="order"),
        pytest.param(HEAD + "<identifier>1</identifier>" * 2 + "</alert>", "identifier", "got `2`", id="twice"),
        pytest.param(HEAD + "<surprise/></alert>", "alert", "surprise", id="an unknown element"),
        pytest.param(HEAD + "<identifier><b/></identifier></alert>", "identifier", "a text", id="elements in a text"),
        pytest.param(HEAD + "<info>" * 12, "urn:oasis:names:tc:emergency:cap:1.2 info", "deep", id="too deep"),
        pytest.param(HEAD + "<a/>" * 21_000, "urn:oasis:names:tc:emergency:cap:1.2 a", "20000", id="too many"),
        pytest.param(HEAD + " " * MAX_BYTES, "document", str(MAX_BYTES), id="too large"),
        pytest.param('<?xml version="1.0" encoding="klingon"?>' + HEAD, "document", "encoding", id="encoding"),
    ],
)
def test_what_is_no_message_is_refused_at_its_place(text: str, at: str, message: str) -> None:
    with pytest.raises(BadDocument) as refusal:
        read(text.encode())

    assert refusal.value.at == at
    assert message in str(refusal.value)


@pytest.mark.parametrize(
    ("alert", "at"),
    [
        pytest.param(replace(WARNING, identifier="a b"), "identifier", id="a space in the identifier"),
        pytest.param(replace(WARNING, sender="a,b"), "sender", id="a comma in the sender"),
        pytest.param(replace(WARNING, identifier="a<b"), "identifier", id="an angle bracket in the identifier"),
        pytest.param(replace(WARNING, sender="a&b"), "sender", id="an ampersand in the sender"),
        pytest.param(replace(WARNING, identifier=""), "identifier", id="no identifier"),
        pytest.param(replace(WARNING, msg_type=MsgType.UPDATE), "references", id="an update of nothing"),
        pytest.param(replace(WARNING, msg_type=MsgType.CANCEL), "references", id="a cancel of nothing"),
        pytest.param(replace(WARNING, msg_type=MsgType.ACK), "references", id="an ack of nothing"),
        pytest.param(replace(WARNING, msg_type=MsgType.ERROR), "references", id="an error about nothing"),
        pytest.param(replace(WARNING, scope=Scope.RESTRICTED), "restriction", id="restricted, not saying how"),
        pytest.param(replace(WARNING, scope=Scope.PRIVATE), "addresses", id="private, not saying to whom"),
        pytest.param(replace(WARNING, addresses=('a"b',)), "addresses", id="a quote in a list"),
        pytest.param(replace(WARNING, references=(Reference("a", "", SENT),)), "references", id="half a reference"),
        pytest.param(replace(WARNING, note="a\x01"), "alert.note", id="what XML cannot hold"),
        pytest.param(replace(WARNING, infos=(RAIN,) * 21), "info", id="too many infos"),
        pytest.param(replace(WARNING, infos=(replace(RAIN, categories=()),)), "info[0].category", id="no category"),
        pytest.param(replace(WARNING, infos=(RAIN, replace(RAIN, event=""))), "info[1].event", id="no event"),
    ],
)
def test_message_that_breaks_a_condition_is_not_written(alert: Alert, at: str) -> None:
    with pytest.raises(BadDocument) as refusal:
        written(alert)

    assert refusal.value.at == at


A, B, C = Place(121, 31), Place(122, 31), Place(122, 32)


@pytest.mark.parametrize(
    ("area", "at"),
    [
        pytest.param(Area(description=""), "areaDesc", id="no description"),
        pytest.param(Area(description="x", polygons=((A, B, A),)), "polygon[0]", id="a line"),
        pytest.param(Area(description="x", polygons=((A, B, C, B),)), "polygon[0]", id="an open ring"),
        pytest.param(Area(description="x", polygons=((A, B, Place(200, 1), A),)), "polygon[0]", id="off the Earth"),
        pytest.param(Area(description="x", circles=(Circle(Place(1, 91), 1),)), "circle[0]", id="above the pole"),
        pytest.param(Area(description="x", circles=(Circle(A, -1),)), "circle[0]", id="a radius below nothing"),
        pytest.param(Area(description="x", ceiling=Decimal(1)), "ceiling", id="a ceiling without an altitude"),
    ],
)
def test_area_that_breaks_a_condition_is_not_written(area: Area, at: str) -> None:
    with pytest.raises(BadDocument) as refusal:
        written(replace(WARNING, infos=(replace(RAIN, areas=(area,)),)))

    assert refusal.value.at == f"info[0].area[0].{at}"


def test_drill_and_cancel_keep_their_words() -> None:
    cancel = later(WARNING, MsgType.CANCEL, status=Status.EXERCISE)

    assert read(written(cancel)).references == (WARNING.reference,)
    assert b"<status>Exercise</status>" in written(cancel)
