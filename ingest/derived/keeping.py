"""What derivations remember, kept in a file beside the journal with the position up to which it goes."""

import os
import zipfile
from pathlib import Path
from threading import Lock

import numpy as np

from ingest.derived.stage import State
from ingest.set_aside import put_aside

#: Encoding of the file; another one is begun anew from the journal.
_VERSION = 1


class Kept:
    """One file, replaced whole, so that it is always one of one moment; what it lacks is in the journal beyond it.

    Written by one thread at a time: the last write of a run may find that of a moment before still at it.
    """

    name = "derived"

    def __init__(self, path: Path) -> None:
        self._path, self._writing = path, Lock()
        #: Up to which the journal is in the file.
        self.position = 0

    def read(self) -> State:
        """Return what is kept; empty where nothing is, or the file was damaged, which is set aside."""
        if not self._path.exists():
            return {}
        try:
            with self._path.open("rb") as opened, np.load(opened, allow_pickle=False) as file:
                kept = {key: file[key] for key in file.files}
            version, position = (int(number) for number in kept.pop("kept"))
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
            put_aside(self._path, error)
            return {}
        if version != _VERSION:
            return {}
        self.position = position
        return kept

    def write(self, state: State, position: int) -> None:
        """Keep `state`, in which the journal up to `position` is; raises OSError, and then the last one stays.

        A state from before the one that is kept is passed over.
        """
        with self._writing:
            if position < self.position:
                return
            new = self._path.with_suffix(".new")
            with new.open("wb") as file:
                np.savez(file, allow_pickle=False, kept=np.array([_VERSION, position], np.int64), **state)
                file.flush()
                os.fsync(file.fileno())
            new.replace(self._path)
            self.position = position
