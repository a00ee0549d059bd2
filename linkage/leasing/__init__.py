"""Which of several desks on one database does the desk's own work: one at a time, and none that has lost its turn."""
