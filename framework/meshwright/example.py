"""Valid example rows for tests, made from a schema's limits."""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal

from meshwright.spec import ColumnSpec, DecimalType, ListType, StructType, VectorType

_MOMENT = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


def example_rows(columns: Sequence[ColumnSpec], rows: Sequence[Mapping[str, object]]) -> list[dict[str, object]]:
    """Fill what each row leaves out with a value that keeps the column's limits."""
    return [
        {c.name: row[c.name] if c.name in row else example_value(c, number) for c in columns}
        for number, row in enumerate(rows)
    ]


def example_value(column: ColumnSpec, number: int) -> object:
    """Make one valid value; nullable columns are null, and keys differ by row number."""
    if column.nullable:
        return None
    if column.constraints.values:
        return column.constraints.values[0]
    if isinstance(column.type, VectorType):
        return [0.0] * column.type.length
    if isinstance(column.type, ListType):
        return [example_value(column.type.items, n) for n in range(column.constraints.min_length or 0)]
    if isinstance(column.type, StructType):
        return {f.name: example_value(f, number) for f in column.type.fields}
    if isinstance(column.type, DecimalType):
        return Decimal(number)
    simple: dict[str, object] = {
        "string": f"{column.name}-{number}",
        "integer": number + 1,
        "number": float(number + 1),
        "boolean": False,
        "date": (_MOMENT + dt.timedelta(days=number)).date(),
        "timestamp": _MOMENT + dt.timedelta(days=number),
        "binary": b"",
    }
    return simple[column.type.kind]
