"""Topic patterns, `plant/{sensor}/{quantity}`, and the MQTT filters that bring their messages."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from ingest.templates.errors import BadPattern

_NAME = re.compile(r"\{(\w+)(\.\.\.)?(?:=([^{}/]+))?\}")


@dataclass(frozen=True, slots=True)
class TopicPattern:
    """A pattern, parsed.

    `{name}` stands for one level or a part of it, `{name...}` for one level or more, `{name=a|b*}` for a level that is
    like one of these.

    Attributes:
        topic_filter: the narrowest MQTT filter that brings all its topics.
    """

    pattern: re.Pattern[str]
    topic_filter: str

    @classmethod
    def parse(cls, text: str) -> "TopicPattern":
        """Return the pattern that `text` writes; raises BadPattern where it writes none."""
        left = _NAME.sub("", text)
        names = [found.group(1) for found in _NAME.finditer(text)]
        if not text or any(sign in left for sign in "{}+#\0") or len(names) != len(set(names)):
            raise BadPattern(expected="a topic with `{name}` or `{name...}` for its levels", got=text)
        return cls(re.compile(_expression(text), re.DOTALL), _topic_filter(text))

    @property
    def names(self) -> tuple[str, ...]:
        """Return what the pattern captures."""
        return tuple(self.pattern.groupindex)

    def match(self, topic: str) -> Mapping[str, str] | None:
        """Return what the names stand for in a topic; None for a topic that does not match."""
        found = self.pattern.fullmatch(topic)
        return found.groupdict() if found is not None else None


def _expression(text: str) -> str:
    parts, place = [], 0
    for found in _NAME.finditer(text):
        parts.append(re.escape(text[place : found.start()]))
        many = ".+" if found.group(2) else "[^/]+"
        parts.append(f"(?P<{found.group(1)}>{_level(found.group(3)) if found.group(3) else many})")
        place = found.end()
    return "".join(parts) + re.escape(text[place:])


def _level(globs: str) -> str:
    """Return the expression of a level that is like one of some glob patterns."""
    escaped = (re.escape(glob).replace(r"\*", "[^/]*").replace(r"\[0\-9\]", "[0-9]") for glob in globs.split("|"))
    return "|".join(escaped)


def _topic_filter(text: str) -> str:
    levels: list[str] = []
    for level in text.split("/"):
        found = _NAME.search(level)
        if found is not None and found.group(2):
            return "/".join([*levels, "#"])
        levels.append("+" if found is not None else level)
    return "/".join(levels)
