"""Whose values a column holds: which rows of which input stand behind its cells."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from meshwright.lineage.dependencies import Origin

Rows = tuple[object, ...]
"""The rows of a scan as they stand in a frame: an input that is joined with itself stands there as several."""

MANY: Rows = ()
"""Rows that are no longer told apart."""


class Place(NamedTuple):
    """An input column in one of the rows that a row of a frame is put together from."""

    rows: Rows
    origin: Origin


@dataclass(frozen=True, slots=True)
class Value:
    """Values of one input column, each made of its own row by the same steps, null where that is null.

    Several places hold the same value, as the key of a join does on both sides; none: a constant. `plain`: as it is.
    """

    places: frozenset[Place] = frozenset()
    plain: bool = False


@dataclass(frozen=True, slots=True)
class Unclear:
    """A column of which nobody can tell whose values it holds: why, and what to do; `{}` is its name."""

    why: str
    hint: str

    def of(self, column: str) -> "Unclear":
        """Say it of a column."""
        return Unclear(self.why.format(repr(column)), self.hint.format(repr(column)))


Whose = Value | Unclear
CONSTANT = Value()

CONDITION = Unclear(
    "a condition decides what stands in {}", "leave rows out by filter before the groups: nobody is counted for them"
)
SEVERAL = Unclear(
    "{} is made of several columns",
    "declassify each column and add up the results; a product is total(column, times=other)",
)
SUMMED = Unclear(
    "{} is a sum already, to which nobody's missing values are a zero", "sum up the rows themselves: it is the same sum"
)
STACKED = Unclear(
    "{} is put together from several frames",
    "put together rows of one input, with {} as it comes, or declassify before",
)
MADE = Unclear(
    "{} holds what is made up or comes from other rows",
    "take a column of the input as it comes, or changed by arithmetic, casts, rounding, parts of dates and texts",
)


def column_of(rows: Rows, origin: Origin) -> Value:
    """Hold an input column as it comes."""
    return Value(frozenset({Place(rows, origin)}), plain=True)


def stands(value: Whose) -> frozenset[Place]:
    """Name the places where a column as it comes stands; none for any other."""
    return value.places if isinstance(value, Value) and value.plain else frozenset()


def computed(values: Sequence[Whose]) -> Whose:
    """Compute row by row with constants and the values of one column."""
    if unclear := next((v for v in values if isinstance(v, Unclear)), None):
        return unclear
    found = {v.places for v in values if isinstance(v, Value) and v.places}
    return SEVERAL if len(found) > 1 else Value(next(iter(found), CONSTANT.places))


def gathered(value: Whose, kept: frozenset[Rows] = frozenset()) -> Whose:
    """Put values of many rows into one; those of rows that are `kept` are told apart by a key of theirs."""
    if isinstance(value, Unclear):
        return value
    known = frozenset(p for p in value.places if p.rows in kept)
    return Value(known or frozenset(Place(MANY, p.origin) for p in value.places))


def beside(value: Whose, where: object) -> Whose:
    """Tell the rows of a frame from those of the frame that it is put beside."""
    if isinstance(value, Unclear):
        return value
    return replace(value, places=frozenset(Place((where, p.rows), p.origin) for p in value.places))


def paired(left: Whose, right: Whose) -> Whose:
    """Hold the key of a join: the same value on both sides, where it comes as it is from both."""
    both = stands(left) | stands(right)
    return Value(both, plain=True) if stands(left) and stands(right) else left


def stacked(values: Sequence[Whose], where: object) -> Whose:
    """Put frames below one another: what is one column of one input in each of them stays it."""
    found = [{p.origin: p.rows for p in sorted(stands(v), key=repr)} for v in values]
    shared = [origin for origin in found[0] if all(origin in each for each in found)]
    places = frozenset(Place((where, *(each[origin] for each in found)), origin) for origin in shared)
    return Value(places, plain=True) if places else STACKED


def refusal(each: str, counted: Whose, column: str, held: Whose) -> Unclear | None:
    """Say why groups counted by the column `each` do not hide whose values `column` holds; None when they do."""
    who = stands(counted)
    if not who:
        return Unclear(f"{each!r} does not come as it is from an input", "count by a key column of the input")
    if isinstance(held, Unclear):
        return held.of(column)
    inputs = {p.origin.input for p in who}
    beyond = {p.origin.input for p in held.places} & inputs
    if beyond and {p.rows for p in who}.isdisjoint(p.rows for p in held.places):
        why = f"{column!r} holds values of other rows of {' and '.join(sorted(beyond))} than {each!r} does"
        return Unclear(why, f"take both from the same side of the join, or group by {each!r} first")
    return None
