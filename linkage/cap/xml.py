"""XML from outside as a small tree: no document type, so no entities; bounded in size, depth and number of elements."""

from dataclasses import dataclass, field
from xml.parsers import expat

from city.errors import BadDocument

#: Largest message that is read, bytes; a long one with a coastline in it has some 200 kB.
MAX_BYTES = 256 * 1024

_DEEPEST, _MOST_NODES = 10, 20_000


@dataclass(slots=True)
class Tree:
    """An element: its namespace, its tag, its text without blanks around it, its children."""

    namespace: str
    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    text: str = ""
    children: list["Tree"] = field(default_factory=list)


def parsed(data: bytes) -> Tree:
    """Return the document's root.

    Raises:
        BadDocument: it is no XML, has a document type, or is larger than allowed.
    """
    if len(data) > MAX_BYTES:
        raise BadDocument(expected=f"at most {MAX_BYTES} bytes", got=len(data), at="document")
    builder = _Builder()
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

    def __init__(self) -> None:
        self.root = Tree("", "")
        self._path: list[tuple[Tree, list[str]]] = []
        self._count = 0

    def doctype(self, *_: object) -> None:
        raise BadDocument(expected="no document type", got="DOCTYPE", at="document")

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._count += 1
        if len(self._path) >= _DEEPEST or self._count > _MOST_NODES:
            expected = f"at most {_MOST_NODES} elements, {_DEEPEST} deep"
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
