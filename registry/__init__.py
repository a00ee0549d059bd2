"""What the city knows about its sensors: kept in SQL, imported and exported as CSV and GeoJSON."""
