"""Arrow whose bytes follow from its values and from nothing else.

Arrow shares memory: a slice keeps what stands beside it, a null what stood in its place, and a stream would send both.
"""

from importlib import import_module
from typing import Any

import polars as pl

pa: Any = import_module("pyarrow")  # it ships no types
pc: Any = import_module("pyarrow.compute")


def exact(table: Any) -> Any:
    """Give the same table, with nothing beside its values and zeros beneath its nulls; what is so already is shared."""
    return pa.Table.from_arrays([_exact(_whole(column)) for column in table.columns], schema=table.schema)


def _whole(column: Any) -> Any:
    return column.chunk(0) if column.num_chunks == 1 else pa.concat_arrays([pa.array([], column.type), *column.chunks])


def _exact(array: Any) -> Any:
    kind = array.type
    if pa.types.is_null(kind) or not len(array):
        return pa.array([], kind) if not len(array) else array
    buffers, children = _parts(array)
    return pa.Array.from_buffers(kind, len(array), [_validity(array), *buffers], children=children)


def _parts(array: Any) -> tuple[list[Any], list[Any]]:
    """Give what an array has besides its validity: buffers, and arrays within."""
    kind = array.type
    if pa.types.is_struct(kind):
        return [], [_exact(field) for field in array.flatten()]  # with a null for each field of a null
    if pa.types.is_fixed_size_list(kind):
        return [], [_exact(_items(array))]
    if pa.types.is_large_list(kind):
        return [_ends(array)], [_exact(array.flatten())]
    if pa.types.is_boolean(kind):
        return [_bits(_filled(array, pa.array([False])[0]))], []
    if pa.types.is_large_string(kind) or pa.types.is_large_binary(kind):
        return _text(_filled(array, "" if pa.types.is_large_string(kind) else b"")), []
    width = kind.bit_width // 8
    zero = pa.Array.from_buffers(kind, 1, [None, pa.py_buffer(bytes(width))])[0]
    filled = _filled(array, zero)
    return [filled.buffers()[1].slice(filled.offset * width, len(filled) * width)], []


def _filled(array: Any, nothing: Any) -> Any:
    return array.fill_null(nothing) if array.null_count else array


def _validity(array: Any) -> Any:
    return _bits(array.is_valid()) if array.null_count else None


def _bits(array: Any) -> Any:
    """Copy bits to the beginning of a buffer that ends with them."""
    size = len(array)
    whole = pa.concat_arrays([array, pa.array([False] * (-size % 8), pa.bool_())])
    return pa.py_buffer(whole.buffers()[1].slice(0, -(-size // 8)).to_pybytes())


def _items(array: Any) -> Any:
    """Give the items of lists of one size; those of a null are null."""
    size = array.type.list_size
    items = array.values.slice(array.offset * size, len(array) * size)
    if not array.null_count:
        return items
    lists: Any = pl.int_range(len(items), eager=True) // size
    within = pc.take(array.is_valid(), lists.to_arrow())
    return pc.if_else(within, items, pa.scalar(None, items.type))


def _ends(array: Any) -> Any:
    """Say where each list ends, counted from the first; a null holds nothing."""
    lengths = pc.cumulative_sum(pc.list_value_length(array).fill_null(0))
    return pa.concat_arrays([pa.array([0], pa.int64()), lengths]).buffers()[1].slice(0, (len(array) + 1) * 8)


def _text(array: Any) -> list[Any]:
    """Give the ends of texts without a null, counted from the first, and their letters."""
    ends = pa.Array.from_buffers(pa.int64(), len(array) + 1, [None, array.buffers()[1]], offset=array.offset)
    start, end = ends[0].as_py(), ends[len(array)].as_py()
    counted = pc.subtract(ends, start) if start else ends
    letters = array.buffers()[2]
    places = counted.buffers()[1].slice(counted.offset * 8, len(ends) * 8)
    return [places, letters.slice(start, end - start) if letters is not None else pa.py_buffer(b"")]
