"""What happens when more comes than the city takes: who goes first, who waits, and what is let go."""
