"""The key under which a client may send the same request again, and nothing is done twice."""

from typing import Annotated

from fastapi import Header

#: Header `Idempotency-Key`; empty for a request that is sent once.
IdempotencyKey = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        pattern=r"^[A-Za-z0-9_.:-]{0,100}$",
        description="Chosen by the client; the same request sent again with it is answered and not done again.",
    ),
]
