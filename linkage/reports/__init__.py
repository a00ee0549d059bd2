"""What people report: hotlines, field collectors, duplicates, and calling back."""
