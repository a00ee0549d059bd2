"""Which pictures from elsewhere a page may show, and what of a camera's event is kept back until somebody looks."""

import re
from collections.abc import Collection, Mapping
from urllib.parse import urlsplit

from linkage.witness.snapshots import ATTRIBUTE, is_address

#: An address in the middle of a message, as JSON also writes it (`https:\\/\\/`); up to what ends a string.
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:(?:\\?/){2}[^\s\"'<>]*")


def may_embed(url: str, hosts: Collection[str]) -> bool:
    """Tell whether an address is of one of the hosts whose pictures the city lets pages show."""
    return (urlsplit(url).hostname or "") in {host.lower() for host in hosts}


def without_addresses(attributes: Mapping[str, object]) -> tuple[dict[str, object], bool]:
    """Return an event's attributes without web addresses, and whether there is a picture to be asked for."""
    kept = {name: value for name, value in attributes.items() if not _is_kept_back(name, value)}
    told = attributes.get(ATTRIBUTE)
    return kept, isinstance(told, str) and is_address(told)


def masked(text: str) -> str:
    """Return a text with every web address in it cut out: a message of a strange camera may tell of a picture too."""
    return _ADDRESS.sub("…", text)


def _is_kept_back(name: str, value: object) -> bool:
    return name == ATTRIBUTE or (isinstance(value, str) and "://" in value)
