"""A JSON document as the tree that its XML twin would be, for formats that are written both ways."""

from city.xml_tree import Tree


def json_tree(tag: str, value: object) -> Tree:
    """Return the element that a JSON value stands for: members are children, a list repeats its element.

    Depth is bounded where the JSON was parsed.
    """
    if isinstance(value, dict):
        children: list[Tree] = []
        for name, inner in value.items():
            children += [json_tree(name, one) for one in (inner if isinstance(inner, list) else [inner])]
        return Tree("", tag, children=children)
    if isinstance(value, list):
        return Tree("", tag, children=[json_tree(tag, one) for one in value])
    return Tree("", tag, text=_words(value))


def _words(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value).strip()[:4096]
