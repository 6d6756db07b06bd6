"""The origins of a join's columns: which side each one comes from, and what pairs the rows."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from meshwright.lineage.dependencies import CONDITIONAL, JOIN, Dependencies, union
from meshwright.lineage.walk.expressions import ExpressionWalk, parts

Columns = Mapping[str, Dependencies]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Keys:
    """How rows are paired, and the key columns of each side by name.

    Those of the join, as far as they are plain columns, and those that an as-of join groups by. `merged`: one column
    stands for the keys of both sides.
    """

    how: str
    left: Sequence[str]
    right: Sequence[str]
    by_left: Sequence[str]
    by_right: Sequence[str]
    merged: bool


def join(
    node: Any, names: Sequence[str], sides: tuple[Columns, Columns], expressions: ExpressionWalk, at: tuple[int, int]
) -> tuple[Columns, Dependencies]:
    """Find the origins of a join's columns and of its rows.

    Raises `LookupError` when no known layout gives the plan's own column names: then the node is opaque.
    """
    left, right = sides
    keys = keys_of(node, expressions.plain_column, at)
    rows = union(
        [
            *(expressions.of(e, left, at[0]).via(JOIN) for e in node.left_on),
            *(expressions.of(e, right, at[1]).via(JOIN) for e in node.right_on),
            *(left[c].via(JOIN) for c in keys.by_left),
            *(right[c].via(JOIN) for c in keys.by_right),
        ]
    )
    if keys.how in {"Semi", "Anti"}:
        return left, rows
    columns = laid_out(node, names, sides, keys)
    if keys.how == "Full" and keys.merged:
        for mine, theirs in zip(keys.left, keys.right, strict=True):
            columns[mine] = union((left[mine], right[theirs], left[mine].via(CONDITIONAL)))
    if node.predicate is None:
        return columns, rows
    # What pairs rows by other comparisons than equality stands over the columns of both sides.
    return columns, union((rows, expressions.of(node.predicate, columns, at[0]).via(JOIN)))


def keys_of(node: Any, plain_column: Callable[[Any, int], str | None], at: tuple[int, int]) -> Keys:
    """Read the keys of a join; `plain_column` names the column that an expression over a node is."""
    name, *options = parts(node.options[0])
    by_left: list[str] = (options[3] or []) if name == "AsOf" else []
    by_right: list[str] = (options[4] or []) if name == "AsOf" else []
    left = [n for e in node.left_on if (n := plain_column(e, at[0])) is not None]
    right = [n for e in node.right_on if (n := plain_column(e, at[1])) is not None]
    return Keys(name, left, right, by_left, by_right, node.options[4])


def laid_out(
    node: Any, names: Sequence[str], sides: tuple[Mapping[str, T], Mapping[str, T]], keys: Keys
) -> dict[str, T]:
    """Name the columns of both sides as the join does.

    Raises `LookupError` when no known layout gives the plan's own column names.
    """
    return _layout(names, sides, node.options[3], _candidates(keys))


def _candidates(keys: Keys) -> Iterator[tuple[Sequence[str], Sequence[str]]]:
    """Offer which key columns of left and right may be missing in the result, the likeliest first."""
    all_left, all_right = [*keys.left, *keys.by_left], [*keys.right, *keys.by_right]
    if keys.how == "Right":
        yield all_left, ()
    yield (), all_right if keys.merged else ()
    yield (), all_right
    yield (), ()
    yield (), keys.by_right
    yield (), keys.right


def _layout(
    names: Sequence[str],
    sides: tuple[Mapping[str, T], Mapping[str, T]],
    suffix: str,
    candidates: Iterable[tuple[Sequence[str], Sequence[str]]],
) -> dict[str, T]:
    left, right = sides
    for without_left, without_right in candidates:
        kept = {n: c for n, c in left.items() if n not in without_left}
        added = [(n + suffix if n in kept else n, c) for n, c in right.items() if n not in without_right]
        if [*kept, *(n for n, _ in added)] == list(names):
            return {**kept, **dict(added)}
    raise LookupError("join layout")
