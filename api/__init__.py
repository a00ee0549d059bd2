"""The public API: sign-in, the nouns of the city, and live changes."""
