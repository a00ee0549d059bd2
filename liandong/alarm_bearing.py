"""Which sensors go before bulk: those that the rules in force look at, and those on which lives hang."""

from collections.abc import Callable

import numpy as np

from city.census import Census
from ingest.fairness.rank import Rank
from rules.engine import Engine
from rules.population import Population

#: Looks at every sensor there is, so it sets none apart.
_SILENCE = "silence"


def rank_by(engine: Engine) -> Callable[[str], Rank]:
    """Return what ranks a sensor by the rules that look at it, those of silence aside; a byte a sensor is kept.

    Takes a while for a million sensors.
    """
    context = engine.context
    if context is None:
        return lambda _: Rank.BULK
    census = Census.of(context.sensors)
    population = Population(census, context.quantities)
    ranks = np.full(len(census), Rank.BULK, dtype=np.int8)
    for rule in engine.book.rules:
        if rule.kind != _SILENCE:
            wanted = Rank.FIRST if rule.response.life_safety else Rank.WATCHED
            rows = population.match(rule.select)
            ranks[rows] = np.minimum(ranks[rows], wanted)

    def rank(sensor: str) -> Rank:
        row = census.row_of(sensor)
        return Rank.BULK if row is None else Rank(int(ranks[row]))

    return rank
