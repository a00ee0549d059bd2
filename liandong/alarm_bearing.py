"""Which sensors go before bulk: those that the rules in force look at, and those on which lives hang."""

import numpy as np

from ingest.fairness.rank import Rank
from rules.engine import Engine
from rules.population import Population

#: Looks at every sensor there is, so it sets none apart.
_SILENCE = "silence"


def ranks_of(engine: Engine) -> dict[str, Rank]:
    """Return the rank of each sensor that a rule other than one of silence looks at.

    Takes a second or two for a million sensors.
    """
    context = engine.context
    if context is None:
        return {}
    population = Population(context.sensors, context.quantities)
    rank = np.full(len(population.sensors), Rank.BULK, dtype=np.int64)
    for rule in engine.book.rules:
        if rule.kind != _SILENCE:
            wanted = Rank.FIRST if rule.response.life_safety else Rank.WATCHED
            rows = population.match(rule.select)
            rank[rows] = np.minimum(rank[rows], wanted)
    watched = np.flatnonzero(rank < Rank.BULK).tolist()
    return {population.sensors[row].id: Rank(int(rank[row])) for row in watched}
