"""What burns around an alarm: incidents about the asset it depends on, its siblings, and what inhibits it."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Select, bindparam, select

from city.alarm import SCOPES, AlarmTransition, Change
from city.clock import SECOND_NS
from city.sensor import Sensor
from linkage.admission.asset import assets_of, is_explained
from linkage.admission.board import Board, is_drill_key, key_of
from linkage.admission.config import AdmissionSettings
from linkage.admission.evidence import is_drill
from linkage.admission.holds import place_of
from linkage.record import Case
from linkage.states import IncidentState
from linkage.tables import HELD, INCIDENTS, KEYS, MEMBERS

#: A rule, the scope and the place at which it inhibits, and whether in an exercise.
Watched = tuple[str, str, str, bool]

#: An asset, and whether it failed in an exercise.
Asset = tuple[str, bool]

_ABOUT = select(KEYS.c.rule, KEYS.c.target, KEYS.c.incident).where(
    KEYS.c.target.in_(bindparam("assets", expanding=True)), HELD
)


def _burning(column: str) -> Select[Any]:
    """Return the active alarms of open incidents that have one of `places` in `column`."""
    return (
        select(MEMBERS, INCIDENTS.c.drill)
        .join(INCIDENTS, INCIDENTS.c.id == MEMBERS.c.incident)
        .where(
            MEMBERS.c[column].in_(bindparam("places", expanding=True)), MEMBERS.c.active, INCIDENTS.c.ended_ns.is_(None)
        )
    )


_SIBLINGS = {
    column: _burning(column).where(MEMBERS.c.with_asset, MEMBERS.c.since_ns > bindparam("since"))
    for column in ("upstream", "site")
}
_INHIBITING = {scope: _burning(scope).where(MEMBERS.c.rule.in_(bindparam("rules", expanding=True))) for scope in SCOPES}


class Surroundings:
    """Reads for a whole batch what burns around its alarms, and follows what the batch itself changes."""

    def __init__(self, board: Board, settings: AdmissionSettings) -> None:
        self._board, self._settings = board, settings
        self._about: dict[Asset, int] = {}
        self._siblings: defaultdict[Asset, dict[str, int]] = defaultdict(dict)
        self._inhibiting: defaultdict[Watched, dict[str, None]] = defaultdict(dict)
        self._watched: set[Watched] = set()

    def read(self, batch: Sequence[tuple[AlarmTransition, Sensor | None]]) -> None:
        """Read what this batch of alarms may have to do with."""
        connection = self._board.page.connection
        assets = {
            (asset, is_drill(transition, sensor))
            for transition, sensor in batch
            for asset in assets_of(transition, sensor)
        }
        failed = {transition.target for transition, _ in batch if transition.asset}
        if assets:
            self._read_assets(connection, assets, failed)
        self._watched = {one for transition, sensor in batch for one in _watched_by(transition, sensor)}
        for scope in SCOPES:
            self._read_inhibiting(connection, scope)

    def about(self, transition: AlarmTransition, sensor: Sensor | None) -> int | None:
        """Return the open incident about an asset that the alarm depends on."""
        drill = is_drill(transition, sensor)
        found = (self._about.get((asset, drill)) for asset in assets_of(transition, sensor))
        return next((number for number in found if number is not None), None)

    def failed(self, transition: AlarmTransition, sensor: Sensor | None) -> str:
        """Return the asset that has failed if the rule or enough children, with this one, say so; empty if not."""
        if transition.asset and is_explained(transition):
            return transition.target
        drill = is_drill(transition, sensor)
        for asset in assets_of(transition, sensor):
            if len(self._siblings[asset, drill].keys() | {transition.target}) >= self._settings.siblings:
                return asset
        return ""

    def children(self, asset: str, *, drill: bool) -> tuple[int, ...]:
        """Return the incidents about children of an asset on which nobody has worked yet."""
        numbers = dict.fromkeys(self._siblings[asset, drill].values())
        return tuple(number for number in numbers if _untouched(self._board.case(number)))

    def explaining(self, transition: AlarmTransition, sensor: Sensor | None) -> tuple[str, ...]:
        """Return the alarms that inhibit this one now."""
        alarms = (alarm for watched in _watched_by(transition, sensor) for alarm in self._inhibiting[watched])
        return tuple(alarm for alarm in alarms if alarm != transition.alarm)

    def opened(self, asset: str, number: int, *, drill: bool) -> None:
        """Note that an incident about an asset was opened."""
        self._about[asset, drill] = number

    def moved(self, source: int, target: int) -> None:
        """Note that an incident goes on in another."""
        self._about.update({asset: target for asset, number in self._about.items() if number == source})
        for siblings in self._siblings.values():
            siblings.update({child: target for child, number in siblings.items() if number == source})

    def followed(self, transition: AlarmTransition, sensor: Sensor | None, number: int) -> None:
        """Note what an alarm has become: an active member of an incident, or cleared."""
        drill = is_drill(transition, sensor)
        cleared = transition.change is Change.CLEARED
        rule, target = key_of(transition, sensor)
        if not cleared and (target, is_drill_key(rule)) not in self._about:
            self._about[target, drill] = number
        for asset in assets_of(transition, sensor):
            if cleared:
                self._siblings[asset, drill].pop(transition.target, None)
            else:
                self._siblings[asset, drill][transition.target] = number
        for watched in self._watched & _places(transition, sensor):
            if cleared:
                self._inhibiting[watched].pop(transition.alarm, None)
            else:
                self._inhibiting[watched][transition.alarm] = None

    def _read_assets(self, connection: Connection, assets: Collection[Asset], failed: Collection[str]) -> None:
        """Read the incidents about assets, and the alarms about their children: those of failed ones however old."""
        for key in connection.execute(_ABOUT, {"assets": sorted({asset for asset, _ in assets})}):
            self._about[key.target, is_drill_key(key.rule)] = key.incident
        # What has an incident about it needs no count of its children: they may be thousands.
        pending = sorted({asset for asset, drill in assets if (asset, drill) not in self._about})
        since_ns = self._board.page.now_ns - self._settings.siblings_within_s * SECOND_NS
        for places, since in ((set(pending) - set(failed), since_ns), (set(pending) & set(failed), 0)):
            if places:
                self._read_siblings(connection, sorted(places), since)
        self._board.fetch(self._about.values())

    def _read_siblings(self, connection: Connection, assets: Collection[str], since: int) -> None:
        for column, query in _SIBLINGS.items():
            for row in connection.execute(query, {"places": assets, "since": since}).mappings():
                self._siblings[row[column], row["drill"]][row["target"]] = row["incident"]
        siblings = {number for found in self._siblings.values() for number in found.values()}
        self._board.fetch(siblings)

    def _read_inhibiting(self, connection: Connection, scope: str) -> None:
        wanted = [one for one in self._watched if one[1] == scope]
        if not wanted:
            return
        rules, places = sorted({one[0] for one in wanted}), sorted({one[2] for one in wanted})
        for row in connection.execute(_INHIBITING[scope], {"rules": rules, "places": places}).mappings():
            self._inhibiting[row["rule"], scope, row[scope], row["drill"]][row["alarm"]] = None


def _watched_by(transition: AlarmTransition, sensor: Sensor | None) -> Iterable[Watched]:
    drill = is_drill(transition, sensor)
    for inhibitor in transition.response.inhibited_by:
        place = place_of(inhibitor, transition.target, sensor)
        if place:
            yield inhibitor.rule, inhibitor.same, place, drill


def _places(transition: AlarmTransition, sensor: Sensor | None) -> set[Watched]:
    """Return what this alarm may inhibit, as others watch for it."""
    drill = is_drill(transition, sensor)
    found = {(transition.rule, "target", transition.target, drill)}
    if sensor is not None:
        found |= {(transition.rule, scope, str(getattr(sensor, scope)), drill) for scope in SCOPES[1:]}
    return found


def _untouched(case: Case) -> bool:
    """Tell whether nobody has worked on it yet: only then does the system let it go on in another."""
    return case.incident.state is IncidentState.REPORTED and case.incident.verified_ns is None and not case.tasks
