"""What a city's files say about channels, but its settings do not have: a message by such a channel goes nowhere."""

from collections.abc import Iterator

from liandong.city_folder import CityFolder
from linkage.config import LinkageSettings
from linkage.telling.carrying import channels


def channel_doubts(city: CityFolder, settings: LinkageSettings) -> Iterator[str]:
    """Yield each channel that is named and not configured, and each system of a department that is none."""
    known = set(channels(settings))
    named = {channel: "departments.yaml" for one in city.departments for channel in one.channels}
    people = (person for group in city.telling.groups.values() for person in group.people)
    named |= {channel: "messages.yaml" for person in people for channel in person.channels}
    named |= dict.fromkeys(settings.messages.fallback, "linkage.messages.fallback")
    for channel, where in sorted(named.items()):
        if channel not in known:
            yield f"Expected a channel of `[linkage.messages]`, got `{channel}` - at `{where}`"
    for department in sorted({*settings.systems, *settings.messages.alarm_to}):
        if department not in city.departments:
            yield f"Expected a department of departments.yaml, got `{department}` - at `linkage`"
