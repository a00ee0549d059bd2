"""Asks the processor for memory that is soon read, for code that numba compiles: it changes nothing but the time."""

from collections.abc import Callable, Sequence
from typing import Any, cast

from llvmlite import ir  # type: ignore[import-untyped]
from numba import types
from numba.core import cgutils
from numba.core.base import BaseContext
from numba.core.typing.templates import Signature
from numba.extending import intrinsic
from numpy.typing import NDArray

#: For writing; to be kept as near as can be; data, not code (LLVM language reference, `llvm.prefetch`).
_HOW = (1, 3, 1)


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
fetch = cast(Callable[[NDArray[Any], int], None], intrinsic(_fetch))
