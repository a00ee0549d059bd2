"""The clock on a simulated city's wall, in plain numbers: hours of the day, and days on which people rest."""

from dataclasses import dataclass

_HOUR_S, _DAY_S = 3_600, 86_400
#: 1970-01-01 was a Thursday.
_FIRST_WEEKDAY, _SATURDAY = 3, 5


@dataclass(frozen=True, slots=True)
class Local:
    """A zone without summer time, so many seconds ahead of UTC; Saturdays and Sundays are days of rest."""

    ahead_s: int = 8 * _HOUR_S

    def hour(self, at_s: int) -> float:
        """Return the hour of the day with its fraction."""
        return (at_s + self.ahead_s) % _DAY_S / _HOUR_S

    def is_rest(self, at_s: int) -> bool:
        """Return whether it is a day of rest."""
        return ((at_s + self.ahead_s) // _DAY_S + _FIRST_WEEKDAY) % 7 >= _SATURDAY

    def is_working_time(self, at_s: int) -> bool:
        """Return whether offices may be open; their lunch counts as open."""
        return not self.is_rest(at_s) and 7.5 <= self.hour(at_s) < 18.5  # half an hour on either side, to be sure
