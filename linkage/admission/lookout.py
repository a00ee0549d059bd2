"""Finds how things stand around one alarm: all that the decision about it may look at."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from city.alarm import AlarmTransition, Change
from city.clock import SECOND_NS
from city.sensor import Sensor
from linkage.admission.board import Board, Key, key_of
from linkage.admission.caps import Caps
from linkage.admission.config import AdmissionSettings
from linkage.admission.decision import Hold, Reason, Standing
from linkage.admission.evidence import is_drill
from linkage.admission.holding import Holding
from linkage.admission.holds import Circumstances, Quiet, flaps, holds_of
from linkage.admission.nearness import Happening, Nearness, Neighbour
from linkage.admission.neighbourhood import neighbours
from linkage.admission.rhythm import Rhythms
from linkage.admission.storms import Storms
from linkage.admission.surroundings import Surroundings

_CAPS = frozenset({Reason.CAPPED, Reason.STORM})
_BURNING = frozenset({Change.RAISED, Change.RISEN})


@dataclass(frozen=True, slots=True)
class Around:
    """What the lookout looks at: the batch's own parts, and what the city says."""

    board: Board
    holding: Holding
    surroundings: Surroundings
    rhythms: Rhythms
    caps: Caps
    storms: Storms
    quiets: Sequence[Quiet]
    nearnesses: Sequence[Nearness]
    settings: AdmissionSettings


class Lookout:
    """Puts standings together."""

    def __init__(self, around: Around) -> None:
        self._around = around

    def standing(self, transition: AlarmTransition, sensor: Sensor | None) -> Standing:
        """Return how things stand for this alarm."""
        around, key = self._around, key_of(transition, sensor)
        member = around.board.members.get(transition.alarm)
        belonged = None if member is None else member.incident
        direct = self._direct(belonged, key)
        held_at = around.holding.held_at(transition.alarm)
        if direct is not None:
            active = member is not None and member.incident == direct and member.active
            standing = Standing(
                belonged=belonged,
                active=active,
                unconfirmed=active and member is not None and member.unconfirmed,
                held_at=held_at,
                flapping=self._flapping(transition),
            )
            return self._in(direct, transition, standing)
        standing = Standing(belonged=belonged, held_at=held_at)
        if transition.change not in _BURNING:
            return standing
        return self._burning(transition, sensor, standing)

    def near(self, transition: AlarmTransition, sensor: Sensor | None) -> list[Neighbour]:
        """Return the open incidents near this alarm that a plan says may be the same, nearest first."""
        around = self._around
        if sensor is None or sensor.place is None or not around.nearnesses:
            return []
        happening = Happening(
            incident_class=transition.response.incident_class,
            rule=transition.rule,
            place=sensor.place,
            happened_ns=transition.time_ns,
            drill=is_drill(transition, sensor),
        )
        fresh = [around.board.case(number).incident for number in around.board.opened]
        return neighbours(around.board.page.connection, happening, around.nearnesses, fresh)

    def _direct(self, belonged: int | None, key: Key) -> int | None:
        """Return the open incident that answers for this alarm itself, or for its rule and target."""
        if belonged is not None and self._around.board.case(belonged).incident.is_open:
            return belonged
        return self._around.board.keys.get(key)

    def _burning(self, transition: AlarmTransition, sensor: Sensor | None, standing: Standing) -> Standing:
        around = self._around
        standing = replace(standing, holds=self._holds(transition, sensor))
        about = around.surroundings.about(transition, sensor)
        if about is not None:
            return self._in(about, transition, _joining(standing, Reason.SAME_ASSET))
        asset = around.surroundings.failed(transition, sensor)
        ended = around.board.ended.get(key_of(transition, sensor))
        if asset or ended is not None:
            doubted = 0 if ended is None else around.board.doubted_beside(ended, transition.alarm)
            return replace(standing, asset=asset, ended=ended, doubted=doubted)
        joined = next((one for one in self.near(transition, sensor) if one.nearness.automatic), None)
        if joined is None:
            return standing
        around.board.fetch([joined.incident])
        return self._in(joined.incident, transition, _joining(standing, Reason.SAME_PLAN))

    def _in(self, number: int, transition: AlarmTransition, standing: Standing) -> Standing:
        incident = self._around.board.case(number).incident
        return replace(
            standing,
            incident=number,
            level=incident.level,
            recovered=incident.recovered_ns is not None,
            others=self._around.board.others(number, transition.alarm),
            doubted=self._around.board.doubted_beside(number, transition.alarm),
        )

    def _flapping(self, transition: AlarmTransition) -> bool:
        rhythms = self._around.rhythms
        return flaps(rhythms.limit(transition), rhythms.of(transition), self._around.board.page.now_ns)

    def _holds(self, transition: AlarmTransition, sensor: Sensor | None) -> tuple[Hold, ...]:
        around = self._around
        now_ns, began = around.board.page.now_ns, around.holding.began(key_of(transition, sensor))
        return holds_of(
            transition,
            sensor,
            Circumstances(
                now_ns=now_ns,
                quiets=around.quiets,
                explained_by=around.surroundings.explaining(transition, sensor),
                flapping=around.rhythms.limit(transition),
                rhythm=around.rhythms.of(transition),
                capped=around.caps.full(transition, sensor, began),
                storm=around.storms.full,
                storm_on=around.storms.on,
                drill=is_drill(transition, sensor),
                began=began,
                look_ns=now_ns + round(around.settings.look_s * SECOND_NS),
            ),
        )


def _joining(standing: Standing, why: Reason) -> Standing:
    """Return the standing of an alarm that would join: caps are on what opens, and do not concern it."""
    return replace(standing, why=why, holds=tuple(hold for hold in standing.holds if hold.reason not in _CAPS))
