"""A history in InfluxDB: one bucket for each resolution, and beside them what this machine keeps of it."""

from collections.abc import Callable
from pathlib import Path

from city.catalogue import Aggregation
from city.history import Names, Resolution
from storage.bookmark import Bookmark
from storage.config import HistorySettings
from storage.influxdb import InfluxHistory
from storage.influxdb_roll import InfluxRollUps
from storage.influxdb_server import InfluxAddress, InfluxServer
from storage.influxdb_setup import address_of
from storage.refused import RefusedPoints
from storage.touched import Touched


def influxdb_history(
    settings: HistorySettings, folder: Path, names: Names, aggregation: Callable[[str], Aggregation]
) -> InfluxHistory:
    """Return the history at the address of the settings; nothing is asked of it yet.

    Raises:
        BadSettings: the address cannot be understood.
    """
    bookmark, aside = Bookmark(folder / "influxdb.json", settings.url), RefusedPoints(folder / "influxdb.refused")

    def server(resolution: Resolution) -> InfluxServer:
        return InfluxServer(
            address_of(InfluxAddress.parse(settings.url), resolution),
            token=settings.token.get_secret_value(),
            timeout_s=settings.timeout_s,
            gzip=settings.gzip,
            refused=aside.keep,
        )

    raw, minutes, hours = map(server, (Resolution.RAW, Resolution.MINUTE, Resolution.HOUR))
    touched = Touched(folder / "influxdb-touched.json", has_older=bookmark.position > 0)
    rolled = InfluxRollUps(raw, minutes, hours, touched, aggregation, settings.write_lines)
    return InfluxHistory(raw, names, bookmark, write_lines=settings.write_lines, aggregation=aggregation, rolled=rolled)
