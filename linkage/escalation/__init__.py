"""Who is told next when nobody answers: chains of rungs that climb until somebody does."""
