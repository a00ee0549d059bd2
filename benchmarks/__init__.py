"""Programs that measure: each prints a table, writes JSON under `build/bench`, and judges nothing but limits that the city is promised."""
