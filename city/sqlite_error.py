"""What an error of SQLite's says about a file: that it is damaged, or only that it cannot be used at this moment."""

import sqlite3

#: What was read is not what was written, or cannot be read.
_DAMAGE = {
    sqlite3.SQLITE_IOERR_READ,
    sqlite3.SQLITE_IOERR_SHORT_READ,
    sqlite3.SQLITE_IOERR_DATA,
    sqlite3.SQLITE_IOERR_CORRUPTFS,
}
#: Primary codes (the lowest eight bits) of what passes. On a full disk the index of a write-ahead log has no room: that
#: is an I/O error (SQLITE_IOERR_SHMSIZE), and the file is whole.
_PASSES = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_NOMEM,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
}
_PRIMARY = 0xFF


def is_not_now(error: Exception) -> bool:
    """Return whether an error says nothing about the file that it is about: trying again later is right."""
    code = getattr(error, "sqlite_errorcode", None)  # errors of Python's own module have none
    if code is None or code in _DAMAGE:
        return False
    return code == sqlite3.SQLITE_CANTOPEN or code & _PRIMARY in _PASSES
