"""Who gets how much of what is scarce: shares by weight, and which members of a group come first."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


def fair_shares(demand: Ints, weight: Floats, room: int) -> Ints:
    """Return how much of `room` each gets: never more than it asks, else as much as anybody of its weight.

    All of `room` is given out while anybody still asks: max-min fairness (Bertsekas and Gallager, Data Networks, §6.5).
    """
    if int(demand.sum()) <= room:
        return demand
    order = np.argsort(demand / weight, kind="stable")
    asked, worth = demand[order], weight[order]
    before = np.cumsum(asked) - asked
    level = (room - before) / np.cumsum(worth[::-1])[::-1]
    bound = int(np.argmax(level * worth < asked))  # from here on nobody gets all
    exact = np.minimum(demand, level[bound] * weight)
    share: Ints = np.floor(exact + 1e-9).astype(np.int64)  # a whole number that the division left just below itself
    return share + _rest(share, demand, exact, room)


def _rest(share: Ints, demand: Ints, exact: Floats, room: int) -> Ints:
    """Return one more for those whom rounding down took most from, as many as there is room for."""
    more = np.zeros(len(share), dtype=np.int64)
    wanting = np.flatnonzero(share < demand)
    most = wanting[np.argsort(share[wanting] - exact[wanting], kind="stable")]
    more[most[: max(0, room - int(share.sum()))]] = 1
    return more


def firsts(group: NDArray[np.integer[Any]], order: Ints, most: Ints, size: Ints | None = None) -> NDArray[np.bool_]:
    """Return which members are among the first of their group: `most` of each, in the order that `order` names.

    `order` has every member once. With `size`, as many as `most` has room for, up to the first that does not fit.
    """
    grouped = order[np.argsort(group[order], kind="stable")]
    own = group[grouped]
    begins = np.flatnonzero(np.concatenate([[True], own[1:] != own[:-1]])) if len(own) else own
    worth = np.ones(len(grouped), dtype=np.int64) if size is None else size[grouped]
    total = np.cumsum(worth)
    before = np.repeat(total[begins] - worth[begins], np.diff(np.append(begins, len(own))))
    chosen = np.zeros(len(group), dtype=np.bool_)
    chosen[grouped] = total - before <= most[own]
    return chosen
