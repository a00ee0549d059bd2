"""Sources that a table describes: topic pattern and body paths to sensors, quantities and units."""
