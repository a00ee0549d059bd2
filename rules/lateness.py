"""How long a rule's readings wait for those that were made before them and come later."""

from city.clock import SECOND_NS
from city.yaml_lines import Located
from rules.duration import read_span_ns, shown_duration

#: What comes later than this is an upload of history, which is judged as such and waits for nobody: this program's
#: choice, as a city that hears of water an hour late has another trouble than the order of its readings.
LONGEST_NS = 3600 * SECOND_NS

#: Kinds that judge no readings but their absence, so that nothing can wait for another.
NEVER_WAITING = ("silence",)


def read_lateness_ns(written: Located) -> int:
    """Return how long readings wait.

    Raises:
        BadCityFile: it is no duration above 0, or longer than `LONGEST_NS`.
    """
    lateness_ns = read_span_ns(written)
    if lateness_ns > LONGEST_NS:
        raise written.wrong(expected=f"at most {shown_duration(LONGEST_NS)}")
    return lateness_ns
