"""Judge each column by its name and its different values."""

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from meshwright.names import snake_case
from meshwright.personal.kinds import KINDS

_SAMPLE = 10_000
_GLANCE = 200
_VOCABULARY = 12


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A class for a column: of `checked` different values `matched` look like it; `named` when its name says so."""

    column: str
    name: str
    checked: int
    matched: int
    named: bool

    @property
    def evidence(self) -> str:
        """Say why, in counts."""
        says = "the name says so" if self.named else "the name does not say so"
        return f"{self.matched} of {self.checked} different values look like it, {says}"


def suggest(frame: pl.DataFrame) -> tuple[Suggestion, ...]:
    """Suggest at most one class for each column of a frame; values are read as text."""
    found = (_of_column(frame[name]) for name in frame.columns if not frame[name].dtype.is_nested())
    return tuple(suggestion for suggestion in found if suggestion)


def _of_column(column: pl.Series) -> Suggestion | None:
    tokens = snake_case(column.name).split("_")
    distinct = column.drop_nulls().unique(maintain_order=True)
    closed = distinct.len() <= _VOCABULARY and column.len() > 4 * _VOCABULARY
    values = [v for v in _texts(distinct.head(_SAMPLE)) if v]
    for kind in KINDS:
        named = kind.said(tokens)
        if (closed and not kind.vocabulary) or not (named or kind.alone <= 1):
            continue
        if not named and sum(map(kind.looks, values[:_GLANCE])) < kind.alone * min(len(values), _GLANCE) / 4:
            continue
        matched = sum(map(kind.looks, values))
        share = matched / len(values) if values else 1.0 if named else 0.0
        if share >= (kind.at_least if named else kind.alone) and (named or matched >= 3):
            return Suggestion(column.name, kind.name, len(values), matched, named)
    return None


def _texts(values: pl.Series) -> Iterator[str]:
    if values.dtype == pl.Binary() or values.dtype == pl.Duration():
        return iter(())
    return (str(v).strip() for v in values.cast(pl.String, strict=False).to_list() if v is not None)
