"""What can go wrong, one class for each thing a caller would do differently."""

from typing import ClassVar


class LiandongError(Exception):
    """Base of every error that Liandong raises on purpose; `code` is its name on the wire."""

    code: ClassVar[str] = "error"


class _Mismatch(LiandongError):
    """An error that can say what was expected, what came and where."""

    def __init__(self, *, expected: str, got: object, at: str) -> None:
        self.expected, self.got, self.at = expected, got, at
        super().__init__(f"Expected {expected}, got {_shown(got)} - at `{at}`")


class UndecodableMessage(_Mismatch):
    """Raised by a decoder for a message that belongs in quarantine; `reason` names why."""

    code = "undecodable_message"

    def __init__(self, reason: str, *, expected: str, got: object, at: str) -> None:
        self.reason = reason
        super().__init__(expected=expected, got=got, at=at)


class BadSettings(_Mismatch):
    """Raised at start when the configuration cannot be used."""

    code = "bad_settings"


class BadCityFile(_Mismatch):
    """Raised when a file of the city folder is wrong; `at` is `file:line`."""

    code = "bad_city_file"


class BadRequest(_Mismatch):
    """Raised when a person or a program asked for something that cannot be asked."""

    code = "bad_request"


class BadDocument(_Mismatch):
    """Raised when a document of another system does not follow its standard; `at` names the element."""

    code = "bad_document"


class BadJournal(_Mismatch):
    """Raised when a journal row or segment is damaged; it is set aside, never trusted."""

    code = "bad_journal"


class NotFound(LiandongError):
    """Raised when what was asked for does not exist, or is not this person's to see."""

    code = "not_found"

    def __init__(self, kind: str, key: object) -> None:
        self.kind, self.key, self.at = kind, key, kind
        super().__init__(f"No {kind} {_shown(key)}")


class NotPermitted(LiandongError):
    """Raised when this person may not do this; the message says who may."""

    code = "not_permitted"

    def __init__(self, step: str, *, allowed: str, at: str) -> None:
        self.step, self.allowed, self.at = step, allowed, at
        super().__init__(f"`{step}` is for {allowed} - at `{at}`")


class IllegalTransition(LiandongError):
    """Raised when a step does not fit the state; `legal` names the steps that do."""

    code = "illegal_transition"

    def __init__(self, step: str, *, state: str, legal: tuple[str, ...], at: str) -> None:
        self.step, self.state, self.legal, self.at = step, state, legal, at
        choices = ", ".join(f"`{name}`" for name in legal) or "nothing"
        super().__init__(f"Expected {choices} in state `{state}`, got `{step}` - at `{at}`")


class NotOver(IllegalTransition):
    """Raised when an incident would be closed while its condition holds or its sensor is silent; `why` says which."""

    code = "not_over"

    def __init__(self, step: str, *, state: str, why: str, at: str) -> None:
        super().__init__(step, state=state, legal=(), at=at)
        self.why = why
        self.args = (f"Not over: {why}; the foreman may override it in writing - at `{at}`",)


class Conflict(LiandongError):
    """Raised when what is there by now does not go with what was asked; `found` says what it is."""

    code = "conflict"

    def __init__(self, *, found: str, at: str) -> None:
        self.found, self.at = found, at
        super().__init__(f"Conflict: {found} - at `{at}`")


class StoreUnavailable(LiandongError):
    """Raised when a store or a service does not answer now; trying again later, `again_s` at the soonest, is right."""

    code = "store_unavailable"

    def __init__(self, store: str, cause: str, *, again_s: float = 0.0) -> None:
        self.store, self.cause, self.at, self.again_s = store, cause, store, again_s
        super().__init__(f"`{store}` is not available: {cause}")


def _shown(got: object) -> str:
    text = got if isinstance(got, str) else repr(got)
    return f"`{text[:117]}...`" if len(text) > 120 else f"`{text}`"
