"""Programs that measure: each prints a table, writes JSON under `build/bench`, and judges promised limits only."""
