"""Has the post send on every channel that has something due, each by itself, so that a slow one holds up no other."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress

import structlog

from city.errors import StoreUnavailable
from linkage.bell import Bell
from linkage.config import LinkageSettings
from linkage.faults import faults_told
from linkage.telling.post import Post

log = structlog.get_logger()

#: Shortest time between two looks at waiting messages, seconds; a storm writes some a hundred times a second.
_LULL_S = 0.05

#: Threads that wait for other systems' answers: one for each channel of a hundred departments, and some for the city's.
_MOST_SENDERS = 128


class Deliveries:
    """Runs the post, in threads of its own: nobody else of the desk waits for one that waits for another system."""

    def __init__(self, post: Post, settings: LinkageSettings, bell: Bell) -> None:
        self._post, self._settings, self._bell = post, settings, bell
        self._busy: Counter[str] = Counter()

    async def run(self) -> None:
        """Send what is due until cancelled."""
        with self._bell.heard() as news, _senders() as threads:
            async with asyncio.TaskGroup() as group:
                while True:
                    news.clear()
                    tasks = [self._deliver(channel, threads, news) for channel in await self._free()]
                    _ = [group.create_task(task, name="desk.deliver") for task in tasks]
                    await self._lull(news)

    async def _free(self) -> list[str]:
        """Return the channels that have something due, once for each who may begin to send there, and count them in."""
        free = []
        for channel in await self._due():
            places = self._settings.messages.paced(channel).at_once - self._busy[channel]
            self._busy[channel] += places
            free += [channel] * places
        return free

    async def _deliver(self, channel: str, threads: ThreadPoolExecutor, news: asyncio.Event) -> None:
        try:
            with faults_told("deliveries"):
                if await asyncio.get_running_loop().run_in_executor(threads, self._post.send, channel):
                    news.set()  # others may have fallen due meanwhile
        except StoreUnavailable as error:
            log.warning("messages_wait", store=error.store, cause=error.cause, channel=channel)
            await asyncio.sleep(error.again_s)
        finally:
            self._busy[channel] -= 1

    async def _lull(self, news: asyncio.Event) -> None:
        """Wait until something was written, or so long that something may be due by itself."""
        await asyncio.sleep(_LULL_S)
        with suppress(TimeoutError):
            async with asyncio.timeout(self._settings.deliver_s):
                await news.wait()

    async def _due(self) -> list[str]:
        try:
            with faults_told("deliveries"):
                return await asyncio.to_thread(self._post.waiting)
        except StoreUnavailable as error:
            log.warning("messages_wait", store=error.store, cause=error.cause)
            await asyncio.sleep(error.again_s)
            return []


@contextmanager
def _senders() -> Iterator[ThreadPoolExecutor]:
    """Yield the threads; at the end those who wait for an answer are not waited for."""
    threads = ThreadPoolExecutor(_MOST_SENDERS, thread_name_prefix="desk.deliver")
    try:
        yield threads
    finally:
        threads.shutdown(wait=False, cancel_futures=True)
