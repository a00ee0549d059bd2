"""Plans: what a kind of incident calls for, the response that a person starts by one, and how it is going."""
