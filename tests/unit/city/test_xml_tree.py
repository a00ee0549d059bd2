import pytest

from city.errors import BadDocument
from city.xml_tree import XmlLimits, parse_xml


def test_tree_keeps_namespaces_attributes_and_text():
    root = parse_xml(b'<a xmlns="urn:x" k="v"> <b>one</b><c><b>two</b></c> </a>')

    assert (root.namespace, root.tag, root.attributes) == ("urn:x", "a", {"k": "v"})
    assert [node.tag for node in root.walk()] == ["a", "b", "c", "b"]
    assert (root.words("b"), root.words("none")) == ("one", "")
    assert root.first("a") is None


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        pytest.param(b"<a>", "XML", id="not closed"),
        pytest.param(b"", "XML", id="nothing"),
        pytest.param(b"<!DOCTYPE a><a/>", "no document type", id="a document type"),
        pytest.param(b'<?xml version="1.0" encoding="klingon"?><a/>', "XML", id="an unknown encoding"),
        pytest.param(b"<a>" * 4 + b"</a>" * 4, "at most 6 elements, 3 deep", id="too deep"),
        pytest.param(b"<a>" + b"<b/>" * 6 + b"</a>", "at most 6 elements, 3 deep", id="too many"),
    ],
)
def test_document_is_refused(document: bytes, expected: str):
    with pytest.raises(BadDocument) as caught:
        parse_xml(document, XmlLimits(depth=3, elements=6))

    assert caught.value.expected.startswith(expected)
