"""The rule engine: the rule book, its kinds, one vectorised pass per kind, and the checkpoint that survives a crash."""
