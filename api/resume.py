"""A live stream from where the client left off: what it missed, from SQL, and then what comes."""

from collections.abc import AsyncGenerator

import anyio.to_thread

from api.live import Change, Hub, Recorder, Stream
from api.sensor_news import SensorNews
from api.sse import encoded, opening

#: A client that missed more than this reads everything again, which is cheaper for both.
MOST_MISSED = 5000

_PAGE = 500


class Resumption:
    """Feeds one stream; `after` is the number of the last event that the client saw, None for a new one."""

    def __init__(self, hub: Hub, recorder: Recorder, sensors: SensorNews, stream: Stream) -> None:
        self._hub, self._recorder, self._sensors, self._stream = hub, recorder, sensors, stream
        # The stream's backlog begins after this number, so what is before it comes from SQL.
        self._start = hub.number

    async def chunks(self, after: int | None) -> AsyncGenerator[bytes]:
        """Yield the bytes of the stream until it ends."""
        yield opening()
        if after is not None:
            async for chunk in self._missed(after):
                yield chunk
        yield self._hub.beat_bytes(self._start)
        while data := await self._stream.take():
            yield data

    async def _missed(self, after: int) -> AsyncGenerator[bytes]:
        if not 0 <= self._start - after <= MOST_MISSED:
            yield encoded("gone", {"number": self._start}, number=self._start)
            return
        number = after
        while number < self._start:
            changes = await anyio.to_thread.run_sync(self._recorder.after, number, _PAGE)
            if not changes:
                break
            yield b"".join(change.data for change in changes if self._is_missed(change))
            number = max(change.number or 0 for change in changes)
        for chunk in self._sensors.snapshot(self._stream.session):
            yield chunk

    def _is_missed(self, change: Change) -> bool:
        seen = change.sees is None or change.sees(self._stream.session)
        return seen and (change.number or 0) <= self._start
