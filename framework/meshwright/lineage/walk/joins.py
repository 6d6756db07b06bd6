"""The origins of a join's columns: which side each one comes from, and what pairs the rows."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from meshwright.lineage.dependencies import CONDITIONAL, JOIN, Dependencies, union
from meshwright.lineage.walk.expressions import ExpressionWalk, parts

Columns = Mapping[str, Dependencies]


@dataclass(frozen=True, slots=True)
class _Keys:
    """The key columns of each side by name: those of the join, and those that an as-of join groups by."""

    left: Sequence[str]
    right: Sequence[str]
    by_left: Sequence[str]
    by_right: Sequence[str]


def join(
    node: Any, names: Sequence[str], sides: tuple[Columns, Columns], expressions: ExpressionWalk, at: tuple[int, int]
) -> tuple[Columns, Dependencies]:
    """Find the origins of a join's columns and of its rows.

    Raises `LookupError` when no known layout gives the plan's own column names: then the node is opaque.
    """
    left, right = sides
    how, by_left, by_right = _kind(node.options[0])
    keys = _Keys(_plain(node.left_on, expressions, at[0]), _plain(node.right_on, expressions, at[1]), by_left, by_right)
    rows = union(
        [
            *(expressions.of(e, left, at[0]).via(JOIN) for e in node.left_on),
            *(expressions.of(e, right, at[1]).via(JOIN) for e in node.right_on),
            *(left[c].via(JOIN) for c in by_left),
            *(right[c].via(JOIN) for c in by_right),
        ]
    )
    if how in {"Semi", "Anti"}:
        return left, rows
    suffix, coalesce = node.options[3], node.options[4]
    columns = _layout(names, sides, suffix, _candidates(how, keys, coalesce))
    if how == "Full" and coalesce:
        for mine, theirs in zip(keys.left, keys.right, strict=True):
            columns[mine] = union((left[mine], right[theirs], left[mine].via(CONDITIONAL)))
    if node.predicate is None:
        return columns, rows
    # What pairs rows by other comparisons than equality stands over the columns of both sides.
    return columns, union((rows, expressions.of(node.predicate, columns, at[0]).via(JOIN)))


def _kind(how: tuple[Any, ...] | str) -> tuple[str, list[str], list[str]]:
    name, *options = parts(how)
    return (name, options[3] or [], options[4] or []) if name == "AsOf" else (name, [], [])


def _plain(expressions: Iterable[Any], walk: ExpressionWalk, at: int) -> list[str]:
    return [name for e in expressions if (name := walk.plain_column(e, at)) is not None]


def _candidates(how: str, keys: _Keys, coalesce: bool) -> Iterator[tuple[Sequence[str], Sequence[str]]]:
    """Offer which key columns of left and right may be missing in the result, the likeliest first."""
    all_left, all_right = [*keys.left, *keys.by_left], [*keys.right, *keys.by_right]
    if how == "Right":
        yield all_left, ()
    yield (), all_right if coalesce else ()
    yield (), all_right
    yield (), ()
    yield (), keys.by_right
    yield (), keys.right


def _layout(
    names: Sequence[str],
    sides: tuple[Columns, Columns],
    suffix: str,
    candidates: Iterable[tuple[Sequence[str], Sequence[str]]],
) -> dict[str, Dependencies]:
    left, right = sides
    for without_left, without_right in candidates:
        kept = {n: c for n, c in left.items() if n not in without_left}
        added = [(n + suffix if n in kept else n, c) for n, c in right.items() if n not in without_right]
        if [*kept, *(n for n, _ in added)] == list(names):
            return {**kept, **dict(added)}
    raise LookupError("join layout")
