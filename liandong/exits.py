"""The exit codes of `liandong`, each with one meaning."""

from enum import IntEnum


class Exit(IntEnum):
    """How a command ended."""

    OK = 0
    FAILED = 1  #: something that should work did not; the line before says what
    USAGE = 2  #: a wrong command or option
    SETTINGS = 3  #: the settings or the city folder are wrong
    TAKEN = 4  #: an address is taken, or another process uses the data folder
    UNAVAILABLE = 5  #: a broker, store or running `liandong up` that is needed does not answer


#: What `liandong --help` says about them.
EXIT_CODES = (
    "Exit codes: 0 done, 1 failed, 2 wrong option, 3 wrong settings or city folder, "
    "4 address or data folder taken, 5 a needed service does not answer."
)
