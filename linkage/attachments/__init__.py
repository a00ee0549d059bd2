"""Photos: taken in, checked, kept outside the database, bound to what they show."""
