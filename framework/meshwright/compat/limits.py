"""Compare the limits of one column: a value that is allowed now and was not before breaks readers."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from meshwright.columns.limits import literal
from meshwright.compat.change import Change, moved
from meshwright.spec import ColumnSpec, Constraints


def compare_limits(old: ColumnSpec, new: ColumnSpec, path: str) -> Iterator[Change]:
    """Compare two columns of one type; each pair of limits moves on its own."""
    was, now, kind = old.constraints, new.constraints, new.type.kind
    for low in (True, False):
        before, after = _bound(was, kind, low=low), _bound(now, kind, low=low)
        if before != after:
            inside = before is not None and (after is None or (after < before if low else after > before))
            yield moved(path, "range", f"the {'lower' if low else 'upper'} limit", loosened=inside)
    for name in ("min_length", "max_length"):
        shortest, longest = getattr(was, name), getattr(now, name)
        if shortest != longest:
            less = longest is None or (shortest is not None and (longest < shortest) == (name == "min_length"))
            yield moved(path, "length", name, loosened=less)
    yield from _vocabularies(was, now, path)
    yield from _patterns(was, now, path)
    if was.allow_nan != now.allow_nan:
        yield moved(path, "nan", "finiteness", loosened=now.allow_nan)


def _bound(limits: Constraints, kind: str, *, low: bool) -> tuple[Any, int] | None:
    """Give the limit that counts; of equal ones the open one is further inside."""
    closed, opened = (limits.ge, limits.gt) if low else (limits.le, limits.lt)
    found = [(literal(kind, closed), 0)] if closed is not None else []
    found += [(literal(kind, opened), 1 if low else -1)] if opened is not None else []
    return (max(found) if low else min(found)) if found else None


def _vocabularies(was: Constraints, now: Constraints, path: str) -> Iterator[Change]:
    before, after = was.values, now.values
    if before is None and after is None:
        return
    if before is None or after is None:
        yield moved(path, "values", "the vocabulary", loosened=after is None)
        return
    if {*after} - {*before}:
        yield Change(path, "breaking", "values-loosened", "the vocabulary has new values, which readers may not know")
    elif {*before} - {*after}:
        yield Change(path, "compatible", "values-tightened", "the vocabulary has fewer values")


def _patterns(was: Constraints, now: Constraints, path: str) -> Iterator[Change]:
    if was.pattern != now.pattern:
        if was.pattern is not None and now.pattern is not None:
            yield Change(path, "breaking", "pattern-changed", "the pattern is another, which may match more")
        else:
            yield moved(path, "pattern", "the pattern", loosened=now.pattern is None)
    if was.multiple_of != now.multiple_of:
        finer = now.multiple_of is None or (
            was.multiple_of is not None and Fraction(now.multiple_of) % Fraction(was.multiple_of) != 0
        )
        yield moved(path, "multiple", "the step", loosened=finer)
