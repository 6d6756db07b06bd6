"""Valid example rows for tests, made from a schema's limits."""

from collections.abc import Iterator, Mapping, Sequence

from meshwright.errors import DefinitionError
from meshwright.example.values import example_value
from meshwright.spec import ColumnSpec

_ATTEMPTS = 10_000


def example_rows(columns: Sequence[ColumnSpec], rows: Sequence[Mapping[str, object]]) -> list[dict[str, object]]:
    """Fill what each row leaves out with a value that keeps the column's limits; what is given stays as it is.

    Nullable columns are null, and rows differ in their key wherever a part of it is left out. Rules over several
    columns are not looked at. Raises `DefinitionError` for a column whose limits leave nothing that can be guessed.
    """
    keys = [c.name for c in columns if c.key]
    taken = {tuple(map(repr, (row[k] for k in keys))) for row in rows if all(k in row for k in keys)}
    made: list[dict[str, object]] = []
    for number, row in enumerate(rows):
        complete = all(k in row for k in keys)
        candidates = (_filled(columns, row, number + attempt) for attempt in range(_ATTEMPTS))
        chosen = next(candidates) if complete else next(_untaken(candidates, keys, taken), None)
        if chosen is None:
            raise DefinitionError(f"example row {number}", f"no key {keys} is left", "give the key in the row")
        taken.add(tuple(repr(chosen[k]) for k in keys))
        made.append(chosen)
    return made


def _filled(columns: Sequence[ColumnSpec], row: Mapping[str, object], number: int) -> dict[str, object]:
    return {c.name: row[c.name] if c.name in row else example_value(c, number) for c in columns}


def _untaken(
    candidates: Iterator[dict[str, object]], keys: Sequence[str], taken: set[tuple[str, ...]]
) -> Iterator[dict[str, object]]:
    return (c for c in candidates if tuple(repr(c[k]) for k in keys) not in taken)
