"""Bodies that may be too large for memory, and the disk that has no room for them."""

from pathlib import Path

import pytest
from fastapi import Request

from api.large_files import received, spooled
from city.errors import StoreUnavailable
from tests.support.small_disk import small_disk


def request_of(body: bytes) -> Request:
    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": body, "more_body": False}

    return Request({"type": "http", "method": "POST", "path": "/", "headers": []}, receive)


@pytest.mark.parametrize("size", [100, 2**21], ids=["kept back until the end", "written at once"])
async def test_body_for_which_there_is_no_room_is_refused_as_such(tmp_path: Path, size: int) -> None:
    with small_disk(tmp_path / "disk", 2**20) as folder:
        (folder / "ballast").write_bytes(bytes(2**20))

        with pytest.raises(StoreUnavailable, match="No space left"):
            await received(request_of(bytes(size)), folder)
        with pytest.raises(StoreUnavailable, match="No space left"):
            spooled(iter(["x" * size]), folder)
