"""The shared words of the city: pure types, and the Protocols through which the other rooms meet."""
