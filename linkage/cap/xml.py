"""A CAP document or feed as a tree, bounded in size."""

from city.errors import BadDocument
from city.xml_tree import Tree, parse_xml

__all__ = ["MAX_BYTES", "Tree", "parsed"]

#: Largest message that is read, bytes; a long one with a coastline in it has some 200 kB.
MAX_BYTES = 256 * 1024


def parsed(data: bytes) -> Tree:
    """Return the document's root.

    Raises:
        BadDocument: it is no XML, has a document type, or is larger than allowed.
    """
    if len(data) > MAX_BYTES:
        raise BadDocument(expected=f"at most {MAX_BYTES} bytes", got=len(data), at="document")
    return parse_xml(data)
