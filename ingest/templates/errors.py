"""What can be wrong in the text of a template."""


class BadPattern(ValueError):
    """Raised for a path, topic or text that is none; pydantic takes it for a value's mistake."""

    def __init__(self, *, expected: str, got: str) -> None:
        self.expected, self.got = expected, got
        super().__init__(f"Expected {expected}, got `{got}`")
