"""The back-test: a rule book over the history, by the engine and the admission that judge the city."""
