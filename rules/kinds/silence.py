"""Silence rules: a registered sensor that has not been heard for several of its intervals, or for a while.

Anything that arrives from a sensor is being heard, whatever its quality. Only listening time counts; a sensor that
never spoke is as silent as one that stopped; one that is not installed yet or is a recording is exempt. The interval is
the registered one or, where there is none, that of the sensor's own rhythm once it is known. What many silent sensors
behind one asset become is one alarm about it.
"""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from city.yaml_lines import Located
from rules.duration import DURATION, read_span_ns
from rules.kind import Written, read_levels
from rules.pairs import Pairs
from rules.patience import LEARN_NS, LEARNED, LEAST, REGISTERED, SHARE, SilenceTerms, Stage, read_stage
from rules.population import Population
from rules.rule import Rule
from rules.unheard import SilencePass


class Silence:
    """The kind `silence`."""

    name: ClassVar[str] = "silence"
    of_quantity: ClassVar[bool | None] = False
    own: ClassVar[Mapping[str, Any]] = {
        "interval": {"enum": [REGISTERED, LEARNED]},
        "learn": DURATION,
        "upstream": {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "at_least": {"type": "integer", "minimum": 2},
                "share": {"type": "number", "exclusiveMinimum": 0, "maximum": 100},
            },
            "description": "from so many silent sensors behind a gateway or feeder on, and such a share, it has failed",
        },
    }
    required: ClassVar[tuple[str, ...]] = ()

    def read(self, written: Written) -> SilenceTerms:
        """Return the terms of a rule; notes every mistake in the faults."""
        stages: list[Stage] = []
        for level, of_level in read_levels(written.levels, written.faults):
            with written.faults:
                stages.append(read_stage(level, of_level, stages[-1] if stages else None))
        interval, learn_ns, least, share = "", LEARN_NS, LEAST, SHARE
        own = written.own
        with written.faults:
            interval = own["interval"].word((REGISTERED, LEARNED)) if "interval" in own else ""
        with written.faults:
            learn_ns = read_span_ns(own["learn"]) if "learn" in own else LEARN_NS
            if "learn" in own and interval == REGISTERED:
                raise own["learn"].wrong(expected="no `learn`: the interval is the registered one", got="one")
        with written.faults:
            least, share = _read_upstream(own["upstream"]) if "upstream" in own else (LEAST, SHARE)
        return SilenceTerms(tuple(stages), interval, learn_ns, least, share)

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema of one level."""
        return {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "intervals": {"type": "number", "exclusiveMinimum": 0},
                "after": DURATION,
                "hold": DURATION,
            },
            "anyOf": [{"required": ["intervals"]}, {"required": ["after"]}],
        }

    def compile(self, rules: Sequence[tuple[int, Rule]], population: Population) -> SilencePass:
        """Return the pass over these rules and the sensors they match."""
        return SilencePass(Pairs(rules, population, ~population.recorded), population)


def _read_upstream(written: Located) -> tuple[int, float]:
    fields = written.fields((), ("at_least", "share"))
    least = fields["at_least"].whole() if "at_least" in fields else LEAST
    share = fields["share"].number() if "share" in fields else SHARE
    if least < 2:
        raise fields["at_least"].wrong(expected="2 sensors or more")
    if not 0 < share <= 100:
        raise fields["share"].wrong(expected="a share above 0, at most 100 percent")
    return least, share
