"""What the open alarms make of each sensor, for the live map."""

from collections import defaultdict
from collections.abc import Iterable

from city.alarm import AlarmTransition, Change
from city.level import Level
from rules.kind import OpenAlarm
from rules.kinds.silence import Silence

NORMAL, SILENT = "normal", "silent"


class AlarmStates:
    """Keeps each sensor's worst open level, and whether it is silent; costs nothing for sensors without alarms.

    What rules in shadow find is none of it.
    """

    def __init__(self, open_alarms: Iterable[OpenAlarm] = ()) -> None:
        self._open: defaultdict[str, dict[tuple[str, bool], tuple[str, Level]]] = defaultdict(dict)
        self._changed: set[str] = set()
        self._explained: frozenset[str] = frozenset()
        for alarm in open_alarms:
            if alarm.rule.response.shadow is not None:
                continue
            self._open[alarm.target][alarm.rule.id, alarm.asset] = alarm.rule.kind, alarm.level

    def apply(self, transitions: Iterable[AlarmTransition]) -> None:
        """Follow the alarms."""
        for transition in transitions:
            if transition.response.shadow is not None:
                continue
            alarms, name = self._open[transition.target], (transition.rule, transition.asset)
            if transition.change is Change.CLEARED:
                alarms.pop(name, None)
            else:
                alarms[name] = transition.kind, transition.level
            if not alarms:
                del self._open[transition.target]
            self._changed.add(transition.target)

    def explain(self, silent: frozenset[str]) -> None:
        """Take over whose silence an alarm about an asset explains: they are silent without an alarm of their own."""
        if silent is not self._explained:
            self._changed |= silent ^ self._explained
            self._explained = silent

    def state(self, sensor: str) -> str:
        """Return the word of the worst level open on `sensor`, `silent` where only silence is, else `normal`."""
        alarms = self._open.get(sensor, {}).values()
        levels = [level for kind, level in alarms if kind != Silence.name]
        if levels:
            return max(levels).word
        return SILENT if alarms or sensor in self._explained else NORMAL

    def states(self) -> dict[str, str]:
        """Return the state of every sensor that is not normal."""
        return {sensor: self.state(sensor) for sensor in {*self._open, *self._explained}}

    def changes(self) -> dict[str, str]:
        """Return the state of every sensor whose alarms changed since the last call."""
        changed, self._changed = self._changed, set()
        return {sensor: self.state(sensor) for sensor in changed}
