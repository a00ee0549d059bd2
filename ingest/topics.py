"""MQTT topic filters: which topics they match, and whether two of them ever match the same one."""


def is_filter(text: str) -> bool:
    """Return whether `text` is a topic filter (MQTT 3.1.1 §4.7): wildcards stand alone, `#` stands last."""
    levels = text.split("/")
    if not text or "\0" in text or len(text.encode("utf-8", "surrogatepass")) > 65_535:
        return False
    if any(("+" in level or "#" in level) and len(level) > 1 for level in levels):
        return False
    return "#" not in levels[:-1]


def matches(topic_filter: str, topic: str) -> bool:
    """Return whether a filter matches a topic; a wildcard in front matches no topic that begins with `$`."""
    if topic.startswith("$") and topic_filter[:1] in {"+", "#"}:
        return False
    wanted, given = topic_filter.split("/"), topic.split("/")
    for position, level in enumerate(wanted):
        if level == "#":
            return True
        if position >= len(given) or level not in {"+", given[position]}:
            return False
    return len(wanted) == len(given) or (len(wanted) == len(given) + 1 and wanted[-1] == "#")


def overlap(one: str, other: str) -> bool:
    """Return whether some topic is matched by both filters; a broker would deliver it twice."""
    left, right = one.split("/"), other.split("/")
    for a, b in zip(left, right, strict=False):
        if "#" in {a, b}:
            return True
        if a != b and "+" not in {a, b}:
            return False
    longer = max(left, right, key=len)
    shorter = min(len(left), len(right))
    return len(left) == len(right) or longer[shorter:] == ["#"]
