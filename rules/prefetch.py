"""What numba has no words for: memory asked for before it is read, and room that a function keeps to itself."""

from collections.abc import Callable, Sequence
from typing import Any, cast

import numpy as np
from llvmlite import ir  # type: ignore[import-untyped]
from numba import types
from numba.core import cgutils
from numba.core.base import BaseContext
from numba.core.typing.templates import Signature
from numba.extending import intrinsic
from numba.np.arrayobj import make_array, populate_array
from numpy.typing import NDArray

#: For writing; to be kept as near as can be; data, not code (LLVM language reference, `llvm.prefetch`).
_HOW = (1, 3, 1)

#: Bytes of the widest vector.
_WIDEST = 64


def _fetch(typing: object, array: types.Type, place: types.Type) -> tuple[Signature, Callable[..., ir.Value]]:
    def written(context: BaseContext, builder: ir.IRBuilder, signed: Signature, given: Sequence[ir.Value]) -> ir.Value:
        of = context.make_array(signed.args[0])(context, builder, given[0])  # type: ignore[no-untyped-call]
        line = builder.bitcast(builder.gep(of.data, [given[1]]), cgutils.voidptr_t)
        word = ir.IntType(32)
        kind = ir.FunctionType(ir.VoidType(), [cgutils.voidptr_t, word, word, word])
        asked = builder.module.declare_intrinsic("llvm.prefetch", [cgutils.voidptr_t], kind)
        builder.call(asked, [line, *(word(number) for number in _HOW)])
        return context.get_dummy_value()  # type: ignore[no-untyped-call]

    return types.void(array, place), written


#: Asks for the 64 bytes in which an array's element lies.
fetch = cast(Callable[[NDArray[Any], int | np.uint64], None], intrinsic(_fetch))


def _of(kind: types.Type, bytes_each: int, size: int) -> Callable[[], NDArray[Any]]:
    """Return what gives a function room for so many values of so many bytes, which are not set."""

    def room(typing: object) -> tuple[Signature, Callable[..., ir.Value]]:
        array = types.Array(kind, 1, "C")

        def written(context: BaseContext, builder: ir.IRBuilder, signed: Signature, given: object) -> ir.Value:
            value: ir.Type = context.get_data_type(kind)  # type: ignore[no-untyped-call]
            with builder.goto_entry_block():
                data = builder.alloca(ir.ArrayType(value, size))
                data.align = _WIDEST
            word = ir.IntType(np.intp(0).nbytes * 8)
            made = make_array(array)(context, builder)  # type: ignore[no-untyped-call]
            populate_array(  # type: ignore[no-untyped-call]
                made,
                data=builder.bitcast(data, value.as_pointer()),
                shape=[word(size)],
                strides=[word(bytes_each)],
                itemsize=bytes_each,
                meminfo=None,
            )
            return made._getvalue()  # noqa: SLF001 - as numba writes its own

        return array(), written

    return cast(Callable[[], NDArray[Any]], intrinsic(room))


def doubles(size: int) -> Callable[[], NDArray[np.float64]]:
    """Return what gives a function room of its own: nothing else lies there, so that it may be worked on at once."""
    return _of(types.float64, 8, size)


def wholes(size: int) -> Callable[[], NDArray[np.int32]]:
    """Return what gives a function room of its own for whole numbers."""
    return _of(types.int32, 4, size)
