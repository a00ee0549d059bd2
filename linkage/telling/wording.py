"""The words of messages: a city's own templates by kind, into which values are put once and never read again."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from city.yaml_lines import Located

LANGUAGES = ("zh", "en")

#: What a template may put in, as `{name}`.
FIELDS = (
    "about",
    "actions",
    "count",
    "department",
    "district",
    "level",
    "note",
    "number",
    "person",
    "place",
    "priority",
    "since",
    "title",
    "unconfirmed",
    "url",
    "waited_min",
)

#: Kinds of message beside the steps of incidents and tasks: `default` stands for every kind without a template.
OWN_KINDS = ("default", "escalation", "summary", "warning", "channel_dead", "channel_back")

_FIELD = re.compile(r"\{([a-z_]*)\}")

#: Longest subject that is sent: a GSM text message has 70 characters of Chinese, mail servers fold at 998 (RFC 5322).
LONGEST_SUBJECT = 300


@dataclass(frozen=True, slots=True)
class Template:
    """Subject and body by language; an empty text leaves the usual one."""

    subject: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, str] = field(default_factory=dict)


#: What is put in, by language.
Facts = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Wording:
    """The templates of a city by kind of message."""

    templates: Mapping[str, Template] = field(default_factory=dict)

    def subject(self, kind: str, facts: Facts, usual: str) -> str:
        """Return the subject of a message of this kind, `usual` where the city has no words of its own; one line."""
        texts = self._of(kind).subject
        text = " / ".join(_filled(texts[language], facts[language]) for language in LANGUAGES if language in texts)
        return " ".join((text if text else usual).split())[:LONGEST_SUBJECT]

    def body(self, kind: str, facts: Facts, usual: str) -> str:
        """Return the body of a message of this kind, `usual` where the city has no words of its own."""
        texts = self._of(kind).body
        text = "\n".join(_filled(texts[language], facts[language]) for language in LANGUAGES if language in texts)
        return text if text else usual

    def _of(self, kind: str) -> Template:
        return self.templates.get(kind, self.templates.get("default", Template()))


def parse_template(entry: Located) -> Template:
    """Read `{subject: {zh, en}, body: {zh, en}}`; raises BadCityFile for a field that no message has."""
    found = entry.fields((), ("subject", "body"))
    return Template(**{part: _texts(found[part]) for part in found})


def _texts(entry: Located) -> dict[str, str]:
    texts = entry.fields((), LANGUAGES)
    for text in texts.values():
        unknown = [name for name in _FIELD.findall(text.text()) if name not in FIELDS]
        if unknown:
            choices = ", ".join(f"`{{{name}}}`" for name in FIELDS)
            raise text.wrong(expected=f"fields among {choices}", got=f"{{{unknown[0]}}}")
    return {language: text.text() for language, text in texts.items()}


def _filled(text: str, facts: Mapping[str, str]) -> str:
    """Put the facts in, in one pass: a brace inside a value stays what it is."""
    return _FIELD.sub(lambda found: facts.get(found[1], ""), text)
