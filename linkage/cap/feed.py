"""The index of public messages as an Atom feed (RFC 4287), each entry pointing to its CAP message."""

from collections.abc import Iterable
from dataclasses import dataclass
from xml.etree.ElementTree import Element, SubElement, tostring

from city.clock import iso

#: Media type of a CAP message (IANA).
CAP_TYPE = "application/cap+xml"
ATOM_TYPE = "application/atom+xml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A message as the feed lists it."""

    identifier: str
    headline: str
    sent_ns: int
    expires_ns: int
    msg_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Masthead:
    """Whose feed it is; `url` is where it is served, without a slash at its end."""

    sender: str
    name: str
    url: str


def atom(masthead: Masthead, entries: Iterable[Entry], now_ns: int) -> bytes:
    """Return the feed, newest entry first."""
    shown = list(entries)
    root = Element("feed", xmlns="http://www.w3.org/2005/Atom")
    _text(root, "id", f"{masthead.url}/feed")
    _text(root, "title", masthead.name if masthead.name else masthead.sender)
    _text(root, "updated", iso(max((one.sent_ns for one in shown), default=now_ns)))
    _text(SubElement(root, "author"), "name", masthead.sender)
    SubElement(root, "link", rel="self", href=f"{masthead.url}/feed", type=ATOM_TYPE)
    for one in shown:
        _entry(root, one, f"{masthead.url}/messages/{one.identifier}")
    return bytes(tostring(root, encoding="utf-8", xml_declaration=True))


def _entry(root: Element, one: Entry, url: str) -> None:
    entry = SubElement(root, "entry")
    _text(entry, "id", url)
    _text(entry, "title", one.headline if one.headline else one.identifier)
    _text(entry, "updated", iso(one.sent_ns))
    _text(entry, "summary", f"{one.msg_type}, {iso(one.expires_ns)}")
    SubElement(entry, "link", rel="alternate", href=url, type=CAP_TYPE)


def _text(parent: Element, tag: str, text: str) -> None:
    SubElement(parent, tag).text = text
