"""Who is on duty: rosters, their changes, handovers signed by both, and the duty log."""
