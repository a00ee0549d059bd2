"""The mistakes of the rule files, which one look names all."""

from city.faults import Faults, ManyFaults

__all__ = ["BadRuleBook", "Faults"]


class BadRuleBook(ManyFaults):
    """Raised when rule files hold mistakes; it reads like the first of them, and `faults` has them all."""
