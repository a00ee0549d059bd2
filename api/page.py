"""Pages of a list: bounded, and continued after a key."""

from collections.abc import Sequence
from typing import Annotated, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from api.fields import ID_PATTERN, LARGEST, LONGEST_WORD

T = TypeVar("T", bound=BaseModel)


class FromWord(BaseModel):
    """Parameters of a list in order of a word."""

    model_config = ConfigDict(frozen=True)

    after: Annotated[
        str, Field(max_length=LONGEST_WORD, pattern=ID_PATTERN, description="Go on after this (`next`).")
    ] = ""
    limit: Annotated[int, Field(ge=1, le=500, description="Most items to return.")] = 100


class FromNumber(BaseModel):
    """Parameters of a list in order of a number."""

    model_config = ConfigDict(frozen=True)

    after: Annotated[int, Field(ge=0, le=LARGEST, description="Go on after this (`next`).")] = 0
    limit: Annotated[int, Field(ge=1, le=500, description="Most items to return.")] = 100


class Page(BaseModel, Generic[T]):
    """Some items of a list; `next` is where the following page begins, null after the last one."""

    model_config = ConfigDict(frozen=True)

    items: Sequence[T]
    next: str | None = Field(description="Give this as `after` (or `before`) to go on.")


def next_key(keys: Sequence[object], limit: int) -> str | None:
    """Return what a page with these keys goes on after; a page that is not full is the last."""
    return str(keys[-1]) if len(keys) == limit else None
