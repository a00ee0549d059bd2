"""XML from outside as a small tree: no document type, so no entities; bounded in depth and number of elements."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple
from xml.parsers import expat

from city.errors import BadDocument


class XmlLimits(NamedTuple):
    """How deep a document may be, and of how many elements."""

    depth: int = 10
    elements: int = 20_000


@dataclass(slots=True)
class Tree:
    """An element: its namespace, its tag, its text without blanks around it, its children."""

    namespace: str
    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    text: str = ""
    children: list["Tree"] = field(default_factory=list)

    def walk(self) -> Iterator["Tree"]:
        """Yield the element and all below it, in the document's order."""
        yield self
        for child in self.children:
            yield from child.walk()

    def first(self, tag: str) -> "Tree | None":
        """Return the first element below with this tag, in whatever namespace and however deep."""
        return next((node for node in self.walk() if node.tag == tag and node is not self), None)

    def words(self, tag: str) -> str:
        """Return the text of that element; empty where there is none."""
        found = self.first(tag)
        return found.text if found is not None else ""


def parse_xml(data: bytes, limits: XmlLimits = XmlLimits()) -> Tree:  # noqa: B008 - a tuple of numbers
    """Return the document's root.

    Raises:
        BadDocument: it is no XML, has a document type, or is larger than allowed.
    """
    builder = _Builder(limits)
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = builder.doctype
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.words
    try:
        parser.Parse(data, True)  # noqa: FBT003 - expat takes no keywords
    except expat.ExpatError as error:
        at = f"line {error.lineno}"
        raise BadDocument(expected="XML", got=expat.ErrorString(error.code), at=at) from error
    except (LookupError, ValueError) as error:
        raise BadDocument(expected="XML in an encoding that is known", got=str(error), at="document") from error
    return builder.root


class _Builder:
    """Builds the tree as expat goes along."""

    def __init__(self, limits: XmlLimits) -> None:
        self.root = Tree("", "")
        self._limits = limits
        self._path: list[tuple[Tree, list[str]]] = []
        self._count = 0

    def doctype(self, *_: object) -> None:
        raise BadDocument(expected="no document type", got="DOCTYPE", at="document")

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._count += 1
        if len(self._path) >= self._limits.depth or self._count > self._limits.elements:
            expected = f"at most {self._limits.elements} elements, {self._limits.depth} deep"
            raise BadDocument(expected=expected, got="more", at=name)
        parts = name.rpartition(" ")
        node = Tree(parts[0], parts[2], attributes)
        if self._path:
            self._path[-1][0].children.append(node)
        else:
            self.root = node
        self._path.append((node, []))

    def words(self, text: str) -> None:
        self._path[-1][1].append(text)

    def end(self, _: str) -> None:
        node, words = self._path.pop()
        node.text = "".join(words).strip()
