"""What the public may be reached with: the one answer that every public channel asks for, messages and CAP alike."""


def may_be_public(*, drill: bool) -> bool:
    """Tell whether something may be public at all: nothing that belongs to a drill ever is."""
    return not drill
