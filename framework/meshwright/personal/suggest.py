"""Judge each column, and each field and list within one, by its name and a sample of its different values."""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import polars as pl

from meshwright.personal.column_words import tokens_of
from meshwright.personal.kinds import KINDS, OF_FEW, Kind
from meshwright.personal.names import is_bare_name, is_given
from meshwright.personal.people import is_surname

_NAME = "pii.name"
_SAMPLE = 1_000
_GLANCE = 100
_VOCABULARY = 12
_EXACT = 2.0**53
_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A class for a column: of `checked` different values `matched` look like it; `named` when its name says so.

    `column` is the path of a field within: `address.street`, `contacts.item.email`. A `certain` one stops a build.
    """

    column: str
    name: str
    checked: int
    matched: int
    named: bool
    certain: bool = True

    @property
    def evidence(self) -> str:
        """Say why, in counts."""
        says = "the name says so" if self.named else "the name does not say so"
        if not self.checked:
            return says
        return f"{self.matched} of {self.checked} different values look like it, {says}"


def suggest(frame: pl.DataFrame) -> tuple[Suggestion, ...]:
    """Suggest at most one class for each column of a frame, or field of one; values are read as text."""
    leaves = [leaf for name in frame.columns for leaf in _leaves(name, name, frame[name])]
    found = [_of_column(*leaf) for leaf in leaves]
    if any(each and each.name == _NAME and is_given(leaf[1]) for leaf, each in zip(leaves, found, strict=True)):
        found = [each or _family(*leaf) for leaf, each in zip(leaves, found, strict=True)]
    return tuple(suggestion for suggestion in found if suggestion)


def _family(path: str, name: str, column: pl.Series) -> Suggestion | None:
    """Suggest a name for a column called `nom`, where another holds given names."""
    if not is_bare_name(name) or column.dtype != pl.String():
        return None
    values = _sample(column.drop_nulls().unique(maintain_order=True))
    matched = sum(map(is_surname, values))
    return Suggestion(path, _NAME, len(values), matched, named=True) if 2 * matched > len(values) else None


def _leaves(path: str, name: str, column: pl.Series) -> Iterator[tuple[str, str, pl.Series]]:
    """Give each path with the name that stands for it, which may have dots itself, and its values."""
    dtype = column.dtype
    if isinstance(dtype, pl.Struct):
        for field in dtype.fields:
            yield from _leaves(f"{path}.{field.name}", field.name, column.struct.field(field.name))
    elif isinstance(dtype, pl.List | pl.Array):
        items = column.drop_nulls().explode(empty_as_null=False)
        yield from _leaves(f"{path}.item" if items.dtype.is_nested() else path, name, items)
    else:
        yield path, name, column


def _of_column(path: str, name: str, column: pl.Series) -> Suggestion | None:
    tokens = list(tokens_of(name))
    distinct = column.drop_nulls().unique(maintain_order=True)
    few = distinct.len() <= _VOCABULARY
    closed = few and column.len() > 4 * _VOCABULARY
    values = _sample(distinct)
    kinds = [kind for kind in KINDS if kind.vocabulary or not closed]
    for kind in (*kinds, *(OF_FEW if few else ())):
        named = kind.said(tokens)
        if not (named or kind.alone <= 1) or kind.barred(tokens):
            continue
        if found := _fits(kind, values, named=named):
            return Suggestion(path, kind.name, len(values), found[0], named, kind.certain and bool(values))
    return None


def _fits(kind: Kind, values: Sequence[str], *, named: bool) -> tuple[int] | None:
    """Count the values that look like a kind; none where they are too few."""
    glance = values[:_GLANCE]
    if not named and kind.alone > 0.1 and kind.count(glance) < kind.alone * len(glance) / 4:
        return None
    matched = kind.count(values)
    share = matched / len(values) if values else 1.0 if named else 0.0
    enough = share >= (kind.at_least if named else kind.alone) and (named or matched >= kind.fewest)
    return (matched,) if enough else None


def _sample(distinct: pl.Series) -> list[str]:
    return [text for text in _texts(_spread(distinct)) if text]


def _spread(values: pl.Series) -> pl.Series:
    """Take at most so many values, from the beginning to the end."""
    return values.gather_every(-(-values.len() // _SAMPLE)) if values.len() > _SAMPLE else values


def _texts(values: pl.Series) -> Iterator[str]:
    if values.dtype == pl.Binary() or values.dtype == pl.Duration() or values.dtype == pl.Boolean():
        return iter(())
    if values.dtype.is_float() and (values == values.round()).all() and (values.abs() < _EXACT).all():
        values = values.cast(pl.Int64)  # what had nulls when it was read: 491711234567.0
    return (_plain(str(v).strip()) for v in values.cast(pl.String, strict=False).to_list() if v is not None)


def _plain(text: str) -> str:
    """Write digits of other scripts as European ones; full-width letters, too."""
    if text.isascii():
        return text
    return "".join(str(unicodedata.decimal(c, c)) for c in text.translate(_WIDE))
