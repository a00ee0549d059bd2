"""People who sign in to tests."""

from argon2 import PasswordHasher

PASSWORD = "correct horse battery"

#: The cheapest argon2 there is, since tests try the code around it.
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
