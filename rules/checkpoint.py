"""Judges the journal so that a crash at any instruction loses and doubles no alarm."""

import sqlite3
from dataclasses import replace
from pathlib import Path
from typing import Self

import structlog

from city.alarm import AlarmTransition
from city.catalogue import Catalogue
from city.clock import MILLISECOND_NS, SECOND_NS, Clock
from city.entry import Arrivals, Context, ContextChange, Entry, Journaled
from city.errors import StoreUnavailable
from city.feed import OutboxItem
from city.sqlite_error import is_not_now
from rules.checkpoint_file import Changes, CheckpointFile, Chunk, DamagedCheckpoint, Head
from rules.engine import Engine
from rules.mishaps import Mishaps
from rules.salvage import Salvage, salvage
from rules.states import AlarmStates

log = structlog.get_logger()

#: The longest stretch of journal time that a restart judges again.
_COMMIT_EVERY_NS = SECOND_NS


#: Changes of the context that are kept beside the last whole one.
_MOST_CHANGES = 200


class Judge:
    """The engine with its checkpoint: state, position and outbox are committed together.

    Owned by one task; calls return only after what they promise is on disk.

    Attributes:
        position: the last entry judged; after a start, the journal is fed from the one behind it.
        kept_position: the last entry that a restart will not judge again.
        states: what the alarms make of each sensor.
        damage: why an older checkpoint was set aside at start; empty when none was.
    """

    def __init__(self, engine: Engine, file: CheckpointFile, *, damage: str = "") -> None:
        self.engine, self._file, self.damage = engine, file, damage
        self.position = self.kept_position = 0
        self._context: Context | None = None
        #: What led from the context that is kept to the one in force; None where a whole one did.
        self._changes: list[ContextChange] | None = []
        self._changed_since_whole = 0
        self._raised: list[tuple[int, AlarmTransition]] = []
        self._settled = self._handed = 0
        self._now_ns = self._committed_ns = 0
        self._restore()
        self.states = AlarmStates(engine.open_alarms())

    @classmethod
    def open(cls, path: Path, catalogue: Catalogue, clock: Clock) -> Self:
        """Open the checkpoint at `path`; a damaged one is set aside, and the journal is judged from its start.

        Raises:
            StoreUnavailable: the file cannot be opened or made now.
        """
        # Outbox numbers rise even across a file that was set aside, so that no answer to an old number settles a new.
        first_number, mishaps = clock.now_ns() // MILLISECOND_NS, Mishaps(clock)
        try:
            return cls(Engine(catalogue, mishaps), CheckpointFile.open(path, first_number=first_number))
        except DamagedCheckpoint as error:
            aside = _set_aside(path, first_number)
            log.warning("checkpoint_set_aside", path=str(path), aside=str(aside), cause=error.cause)
            fresh = CheckpointFile.open(path, first_number=first_number)
            judge = cls(Engine(catalogue, mishaps), fresh, damage=f"{error}; it is kept as `{aside}`")
            judge.take_over(salvage(aside))
            return judge

    def take_over(self, salvaged: Salvage) -> None:
        """Judge by the context of a damaged checkpoint until the journal brings one, and send what it had not sent.

        Raises:
            StoreUnavailable: the commit failed.
        """
        if salvaged.context is not None:
            self.engine.apply(Journaled(0, salvaged.context))
        self._raised += salvaged.outbox
        self.commit()

    def _restore(self) -> None:
        try:
            self._load()
        except DamagedCheckpoint:
            self._file.close()
            raise
        except (ValueError, sqlite3.Error) as error:
            self._file.close()
            if is_not_now(error):
                raise StoreUnavailable(str(self._file.path), str(error)) from error
            raise DamagedCheckpoint(self._file.path, str(error)) from error

    def _load(self) -> None:
        head, context = self._file.head(), self._file.context()
        if head is None:
            return
        self.position = self.kept_position = head.position
        self.engine.listening = head.listening
        if context is None:
            return
        self.engine.restore(context)
        self.engine.book_error = self.engine.book_error or head.book_error
        self._context = context
        for table in self.engine.tables():
            strangers = table.load(self._file.chunks(table.name))
            if strangers:
                log.error("checkpoint_rows_dropped", state=table.name, rows=strangers, book=self.engine.book_error)
        if not self.engine.book_error:
            self._file.forget_but({table.name for table in self.engine.tables()})
        self.engine.refresh()

    def apply(self, item: Journaled) -> list[AlarmTransition]:
        """Judge one entry, and commit at once when an alarm changed, else at most every second of journal time.

        Return the transitions that are in the outbox since this call. An entry that was judged before is passed over,
        so the same call may be made again after StoreUnavailable: nothing is lost meanwhile, and nothing doubled.

        Raises:
            StoreUnavailable: the commit failed.
        """
        if item.position > self.position:
            transitions = self.engine.apply(item)
            self.position = item.position
            self._follow(item.entry)
            self._raised += ((item.position, transition) for transition in transitions)
            self.states.apply(transitions)
            self.states.explain(self.engine.explained)
            self._now_ns = max(self._now_ns, _time_ns(item.entry))
        due = self._now_ns - self._committed_ns >= _COMMIT_EVERY_NS and self.position > self.kept_position
        if not (self._raised or due):
            return []
        raised = [transition for _, transition in self._raised]
        self.commit()
        return raised

    def commit(self) -> None:
        """Write what changed since the last commit.

        Raises:
            StoreUnavailable: nothing was written; the next commit writes it.
        """
        tables = list(self.engine.tables())
        chunks = [Chunk(table.name, number, body) for table in tables for number, body in table.touched()]
        changes = self._changes if self._changes is not None else []
        new_context = self.engine.context if self.engine.context is not self._context and not changes else None
        head = Head(self.position, self.engine.listening, self.engine.book_error)
        self._file.write(Changes(head, new_context, chunks, self._raised, self._settled, changes))
        for table in tables:
            table.settle()
        self._raised = []
        self._context, self._changes = self.engine.context, []
        self._changed_since_whole = 0 if new_context is not None else self._changed_since_whole + len(changes)
        self.kept_position, self._committed_ns = self.position, self._now_ns

    def _follow(self, entry: Entry) -> None:
        """Note how the context in force came from the one that is kept."""
        context = self.engine.context
        if isinstance(entry, Context) or context is None:
            self._changes = None
        elif isinstance(entry, ContextChange) and context.version == entry.context.version:
            # The book in force goes with it, which is an older one where the new one has mistakes.
            change = ContextChange(entry.base, replace(context, sensors=entry.context.sensors), entry.removed)
            if self._changes is None or self._changed_since_whole + len(self._changes) >= _MOST_CHANGES:
                self._changes = None
            else:
                self._changes.append(change)

    def outbox(self, limit: int) -> list[OutboxItem]:
        """Return the oldest unsettled transitions, at most `limit`."""
        items = self._file.outbox(self._settled, limit)
        self._handed = max([self._handed, *(item.number for item in items)])
        return items

    def settle(self, upto: int) -> None:
        """Forget outbox items up to and including `upto`; with the next commit also on disk.

        Only what was handed out since the start can be settled: after a crash everything else is handed out again,
        which linkage answers with the decision it took before.
        """
        self._settled = max(self._settled, min(upto, self._handed))

    @property
    def released(self) -> int:
        """Return the position up to which rules need the journal no more, not even if the checkpoint were lost."""
        oldest = self._file.oldest_position(self._settled)
        return self.kept_position if oldest is None else min(self.kept_position, oldest - 1)

    def close(self) -> None:
        """Commit what can be committed, and release the file."""
        try:
            self.commit()
        except StoreUnavailable as error:
            log.warning("checkpoint_not_committed", cause=str(error))
        self._file.close()


def _time_ns(entry: Entry) -> int:
    if not isinstance(entry, Arrivals):
        return entry.time_ns
    return int(entry.readings.arrival_ns[-1]) if len(entry.readings) else 0


def _set_aside(path: Path, number: int) -> Path:
    """Rename a checkpoint with its log, so that somebody can look at it."""
    aside = path.with_name(f"{path.name}.damaged-{number}")
    for suffix in ("", "-wal", "-shm"):
        part = path.with_name(path.name + suffix)
        if part.exists():
            part.rename(aside.with_name(aside.name + suffix))
    return aside
