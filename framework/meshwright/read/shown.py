"""Which columns of a contract a reader gets, at which level, and of which type."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import polars as pl

from meshwright.access import Decision
from meshwright.access.leaves import has_fields, leaves
from meshwright.access.requests import steps, to_read, together
from meshwright.dtypes import polars_type
from meshwright.errors import AccessDenied, QueryRejected, UnknownColumn
from meshwright.markers import RevealLevel
from meshwright.masks import token_type
from meshwright.query import EVERYTHING, ReadQuery
from meshwright.spec import ColumnSpec, Constraints, ListType, Spec, StructType

_LOWEST_FIRST: tuple[RevealLevel, ...] = ("token", "coarse", "clear")


@dataclass(frozen=True)
class Shown:
    """The columns of an answer as the reader sees them, and the level of every leaf in them."""

    columns: tuple[ColumnSpec, ...]
    levels: Mapping[str, RevealLevel]

    @property
    def schema(self) -> pl.Schema:
        """The Polars schema of the answer."""
        return pl.Schema({c.name: polars_type(c.type) for c in self.columns})


def shown(spec: Spec, decision: Decision, query: ReadQuery = EVERYTHING) -> Shown:
    """Choose columns and levels; raise `AccessDenied` for more than is granted, `UnknownColumn` for another name.

    Columns that are hidden are left out, unless they are asked for by name.
    """
    if not decision.read:
        ask = to_read(spec, decision, _wanted(spec, query))
        raise AccessDenied(spec.id, decision.problem or _may_not_read(decision), asks=(ask,))
    levels = chosen_levels(spec, decision, query.levels)
    visible = tuple(c for c in (_visible(c, "", levels) for c in spec.columns) if c is not None)
    if query.columns is None:
        return Shown(visible, levels)
    by_name = {c.name: c for c in visible}
    hidden = [name for name in query.columns if name not in by_name and spec.column(name)]
    for name in hidden:
        if left_out(decision, query, name):
            raise QueryRejected(spec.id, f"column {name!r} is named, and asked to be hidden", "do one of the two")
    if hidden:
        raise _hidden(spec, decision, hidden)
    for name in query.columns:
        if name not in by_name:
            raise UnknownColumn(spec.id, name, list(by_name))
    return Shown(tuple(by_name[name] for name in dict.fromkeys(query.columns)), levels)


def check_names(spec: Spec, columns: Sequence[str] | None) -> None:
    """Refuse no column, and one twice; raise `QueryRejected`."""
    if columns is None:
        return
    if not columns:
        raise QueryRejected(spec.id, "no column is named", "leave `columns` out to see all that are shown")
    twice = next((name for name, times in Counter(columns).items() if times > 1), None)
    if twice is not None:
        raise QueryRejected(spec.id, f"column {twice!r} is named twice", "name each once")


def masked_schema(spec: Spec, decision: Decision, query: ReadQuery = EVERYTHING) -> pl.Schema:
    """Tell the schema of an answer without reading; a token is text whatever the column's type."""
    return shown(spec, decision, query).schema


def chosen_levels(spec: Spec, decision: Decision, asked: Mapping[str, RevealLevel]) -> dict[str, RevealLevel]:
    """Give every leaf its level: the strongest granted, or the one asked for, which is granted too or hidden."""
    levels: dict[str, RevealLevel] = {path: column.level for path, column in decision.columns.items()}
    refused: dict[str, RevealLevel] = {}
    for name, level in asked.items():
        below = [path for path in levels if path == name or path.startswith(f"{name}.")]
        if not below:
            raise UnknownColumn(spec.id, name, [path for path, each in levels.items() if each != "hidden"])
        for path in below:
            if level not in (*decision.columns[path].granted, "hidden"):
                refused[path] = level
            levels[path] = level
    if refused:
        raise _not_granted(spec, decision, refused)
    return levels


def column_level(name: str, levels: Mapping[str, RevealLevel]) -> RevealLevel:
    """Name one column's level; of a struct the lowest that its fields show."""
    below = {level for path, level in levels.items() if path == name or path.startswith(f"{name}.")}
    found: RevealLevel | None = next((level for level in _LOWEST_FIRST if level in below), None)
    return found or "hidden"


def _visible(column: ColumnSpec, above: str, levels: Mapping[str, RevealLevel]) -> ColumnSpec | None:
    path = f"{above}.{column.name}" if above else column.name
    kind = column.type
    if _means_several(column.name):
        return None
    if isinstance(kind, StructType) and kind.fields:
        fields = tuple(f for f in (_visible(f, path, levels) for f in kind.fields) if f is not None)
        return column.model_copy(update={"type": StructType(fields=fields)}) if fields else None
    if isinstance(kind, ListType) and has_fields(kind):
        items = _visible(kind.items, path, levels)
        return column.model_copy(update={"type": ListType(items=items)}) if items else None
    level = levels.get(path, "hidden")
    if level in ("hidden", "clear"):
        return column if level == "clear" else None
    masked: dict[str, object] = {"constraints": Constraints(), "references": None, "level": level}
    return column.model_copy(update=masked | ({"type": token_type(kind), "unit": None} if level == "token" else {}))


def left_out(decision: Decision, query: ReadQuery, name: str) -> bool:
    """Tell whether a column is hidden because the reader asked for that, who would be shown it."""
    chosen = [path for path, level in query.levels.items() if level == "hidden"]
    return any(
        decision.columns[path].level != "hidden" and any(path == each or path.startswith(f"{each}.") for each in chosen)
        for path in _below(decision, name)
    )


def _may_not_read(decision: Decision) -> str:
    return f"{decision.principal} may not read it for {decision.purpose!r}"


def _wanted(spec: Spec, query: ReadQuery) -> dict[str, RevealLevel]:
    """Give the leaves of the columns that are asked for by name, each with the level that is asked for, or token."""
    named = [leaf.path for leaf in leaves(spec.columns) if leaf.path.partition(".")[0] in (query.columns or ())]
    return {path: query.levels.get(path, "token") for path in named}


def _hidden(spec: Spec, decision: Decision, names: Sequence[str]) -> AccessDenied:
    paths = [path for name in names for path in _below(decision, name)]
    named = replace(decision, columns={path: decision.columns[path] for path in paths})
    asks = together(named, {leaf.path: leaf for leaf in leaves(spec.columns)})
    which = ", ".join(repr(name) for name in names)
    problem = f"{decision.principal} may not see {which} for {decision.purpose!r}"
    return AccessDenied(spec.id, problem, names, asks)


def _not_granted(spec: Spec, decision: Decision, refused: Mapping[str, RevealLevel]) -> AccessDenied:
    """Tell which levels there are; to request another makes sense only where it is more than these."""
    told: list[str] = []
    asks: list[str] = []
    for path, level in refused.items():
        column = decision.columns[path]
        have = ", ".join(column.granted) or "nothing"
        told.append(f"{path!r} is not granted as {level} for {decision.purpose!r}; granted: {have}")
        more = any(leaf.path == path and level in steps(column, leaf) for leaf in leaves(spec.columns))
        asks.append(decision.request(level, *column.classes, path=path) if more and column.classes else "")
    return AccessDenied(spec.id, "; and ".join(told), tuple(refused), asks)


def _below(decision: Decision, name: str) -> Iterator[str]:
    return (path for path in decision.columns if path == name or path.startswith(f"{name}."))


def _means_several(name: str) -> bool:
    """Tell whether Polars would read a name as a pattern over columns, hidden ones too."""
    return name == "*" or (name.startswith("^") and name.endswith("$"))
