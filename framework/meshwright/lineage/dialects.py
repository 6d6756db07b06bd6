"""Column lineage of a query in another system's SQL, such as a warehouse's view that a source names.

SQL over the frames of a transform needs none of this: Polars plans it, and the walk of plans is exact. Here sqlglot, of
the extra `sql`, parses and qualifies; which kind of edge each clause makes is ours. What is not understood is opaque.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from meshwright.errors import DefinitionError
from meshwright.lineage.dependencies import (
    AGGREGATION,
    CONDITIONAL,
    FILTER,
    GROUP_BY,
    IDENTITY,
    JOIN,
    NOTHING,
    SORT,
    TRANSFORMATION,
    WINDOW,
    ColumnLineage,
    Dependencies,
    Kind,
    Origin,
    union,
)

Columns = Mapping[str, Dependencies]
COUNTS = ("Count", "CountIf", "ApproxDistinct")
VALUES = ("Literal", "Null", "Boolean", "Star", "DataType", "Var", "Interval", "CurrentDate", "CurrentTimestamp")
PLAIN = ("Alias", "Paren")
UNKNOWN = ("Anonymous", "AnonymousAggFunc", "CombinedAggFunc", "ParameterizedAgg")


def dialect_lineage(query: str, inputs: Mapping[str, Sequence[str]], dialect: str) -> ColumnLineage:
    """Map every output column of a query to the columns of the tables that it reads; nothing is run.

    `inputs` has the columns of each table, `dialect` is a name of sqlglot's, as `duckdb` or `snowflake`; names without
    quotes mean the same in either case where it says so, and columns that come out are spelled as it does. A query that
    is not understood is opaque: all columns of all tables, for each output, or for `*` where those are not known.
    Raises `DefinitionError` for a text that is no query of the dialect.
    """
    from sqlglot import exp, parse_one  # noqa: PLC0415 - an extra that few need
    from sqlglot.errors import SqlglotError  # noqa: PLC0415
    from sqlglot.optimizer.qualify import qualify  # noqa: PLC0415
    from sqlglot.optimizer.scope import build_scope  # noqa: PLC0415

    try:
        parsed = parse_one(query, dialect=dialect)
    except (SqlglotError, ValueError):
        raise DefinitionError("SQL", f"is no query of {dialect}") from None
    if not isinstance(parsed, exp.Query):
        raise DefinitionError("SQL", "is no query", "start it with SELECT or WITH")
    try:
        known: dict[str, object] = {name: dict.fromkeys(columns, "text") for name, columns in inputs.items()}
        scope = build_scope(qualify(parsed.copy(), schema=known, dialect=dialect))
        if any(each.recursive for each in parsed.find_all(exp.With)):
            raise LookupError("recursive")
        walk = _Walk(_folded(inputs, dialect), exp)
        table = walk.table(scope, {})
    except Exception as error:  # noqa: BLE001 - a clause that is not understood must not come out empty
        return _everything(parsed.named_selects, inputs, f"query: {type(error).__name__}: {str(error)[:60]}")
    return ColumnLineage({n: c.origins for n, c in table.columns.items()}, table.rows.origins, tuple(walk.opaque))


def _folded(inputs: Mapping[str, Sequence[str]], dialect: str) -> Mapping[str, Mapping[str, Origin]]:
    """Give tables and columns under the names that a dialect makes of theirs; raise `LookupError` for two of one."""
    from sqlglot.schema import normalize_name  # noqa: PLC0415 - an extra that few need

    found: dict[str, Mapping[str, Origin]] = {}
    for table, columns in inputs.items():
        named = {normalize_name(c, dialect=dialect).name: Origin(table, c) for c in columns}
        found[normalize_name(table, dialect=dialect, is_table=True).name] = named
        if len(named) < len(columns):
            raise LookupError("two columns of one name")
    if len(found) < len(inputs):
        raise LookupError("two tables of one name")
    return found


def _everything(names: Iterable[str], inputs: Mapping[str, Sequence[str]], reason: str) -> ColumnLineage:
    unknown: frozenset[Kind] = frozenset()
    origins = {Origin(table, column): unknown for table, columns in inputs.items() for column in columns}
    return ColumnLineage(dict.fromkeys(names or ["*"], origins), origins, (reason,))


@dataclass(frozen=True, slots=True)
class _Table:
    """What a query delivers."""

    columns: Columns
    rows: Dependencies


@dataclass(slots=True)
class _Walk:
    """Walks the scopes of one qualified query, innermost first."""

    inputs: Mapping[str, Mapping[str, Origin]]
    types: Any
    opaque: list[str] = field(default_factory=list[str])

    def table(self, scope: Any, around: Mapping[str, _Table]) -> _Table:
        """Find the origins of what a scope delivers; `around` are the sources that a correlated query also sees."""
        if type(scope.expression).__name__ in {"Union", "Except", "Intersect"}:
            return self._stacked(scope, [self.table(each, around) for each in scope.set_operation_scopes])
        sources = {**around, **{name: self._source(each) for name, each in scope.sources.items()}}
        return _Select(self, scope, sources).table(around)

    def _source(self, source: Any) -> _Table:
        if type(source).__name__ == "Scope":
            return self.table(source, {})
        if source.args.get("pivots"):
            raise LookupError("pivot")
        columns = self.inputs[source.name]
        return _Table({c: Dependencies({origin: frozenset({IDENTITY})}) for c, origin in columns.items()}, NOTHING)

    def _stacked(self, scope: Any, tables: Sequence[_Table]) -> _Table:
        if type(scope.expression).__name__ != "Union":
            raise LookupError(type(scope.expression).__name__)
        names = list(tables[0].columns)
        each = zip(*(t.columns.values() for t in tables), strict=True)
        columns = dict(zip(names, map(union, each), strict=True))
        distinct = [c.via(GROUP_BY) for c in columns.values()] if scope.expression.args.get("distinct") else []
        return _Table(columns, union([*(t.rows for t in tables), *distinct]))


class _Select:
    """One SELECT over its sources."""

    def __init__(self, walk: _Walk, scope: Any, sources: Mapping[str, _Table]) -> None:
        self._walk = walk
        self._types = walk.types
        self._scope = scope
        self._sources = sources
        self._named: dict[str, Dependencies] = {}
        self._inner = {id(s.expression): s for s in scope.subquery_scopes}
        self._known: Mapping[str, Callable[[Any], Dependencies]] = {
            "Case": self._case,
            "Coalesce": self._coalesce,
            "Column": self._column,
            "Exists": lambda e: self._query(e.this, FILTER),
            "Filter": lambda e: union((self.of(e.this), self.of(e.expression.this).via(FILTER))),
            "If": self._if,
            "In": self._in,
            "Ordered": lambda e: self.of(e.this),
            "Subquery": lambda e: self._query(e.this, None),
            "Window": self._window,
        }

    def table(self, around: Mapping[str, _Table]) -> _Table:
        """Find the origins of the columns, and of the rows, clause by clause."""
        select = self._scope.expression
        unknown = set(select.args) - _CLAUSES
        if any(select.args.get(name) for name in unknown):
            raise LookupError(min(name for name in unknown if select.args.get(name)))
        for each in select.expressions:
            name, found = each.alias_or_name, self.of(each)
            self._named[name] = union((self._named[name], found)) if name in self._named else found
        joins = [on for join in select.args.get("joins") or () if (on := _condition(join)) is not None]
        group = select.args.get("group")
        if group is not None and any(value for name, value in group.args.items() if name != "expressions"):
            raise LookupError("grouping")
        mine = [t.rows for name, t in self._sources.items() if name not in around]
        clauses = [
            *(self.of(on).via(JOIN) for on in joins),
            *(self.of(c.this).via(FILTER) for n in ("where", "having", "qualify") if (c := select.args.get(n))),
            *(self.of(key).via(GROUP_BY) for key in (group.expressions if group is not None else ())),
            *(self.of(by).via(SORT) for by in _ordered(select)),
            *(c.via(GROUP_BY) for c in self._named.values() if select.args.get("distinct")),
        ]
        return _Table(dict(self._named), union([*mine, *clauses]))

    def of(self, e: Any) -> Dependencies:
        """Find the origins of an expression; a function of another system may read more than its arguments."""
        name = type(e).__name__
        if name in self._known:
            return self._known[name](e)
        if name in VALUES:
            return NOTHING
        if name in PLAIN:
            return self.of(e.this)
        if name in UNKNOWN:
            self._walk.opaque.append(f"function {e.name}")
            return union(c for t in self._sources.values() for c in t.columns.values()).via(TRANSFORMATION)
        if not isinstance(e, self._types.Condition):
            raise LookupError(name)  # noqa: TRY004 - a clause that is not known, whatever its class
        arguments = union(self.of(each) for each in e.iter_expressions())
        if isinstance(e, self._types.AggFunc):
            return arguments.via(AGGREGATION._replace(masking=name in COUNTS))
        return arguments.via(TRANSFORMATION)

    def _column(self, e: Any) -> Dependencies:
        return self._sources[e.table].columns[e.name] if e.table else self._named[e.name]

    def _case(self, e: Any) -> Dependencies:
        tested = [*([e.this] if e.this is not None else []), *(each.this for each in e.args["ifs"])]
        values = [*(each.args["true"] for each in e.args["ifs"]), *([d] if (d := e.args.get("default")) else [])]
        return union([*map(self.of, values), *(self.of(each).via(CONDITIONAL) for each in tested)])

    def _if(self, e: Any) -> Dependencies:
        values = [e.args[name] for name in ("true", "false") if e.args.get(name) is not None]
        return union([*map(self.of, values), self.of(e.this).via(CONDITIONAL)])

    def _coalesce(self, e: Any) -> Dependencies:
        values = [self.of(each) for each in (e.this, *e.expressions)]
        return union([*values, *(v.via(CONDITIONAL) for v in values[:-1])])

    def _in(self, e: Any) -> Dependencies:
        if e.args.get("unnest") or e.args.get("field"):
            raise LookupError("in")
        query = e.args.get("query")
        inner = [self._query(query.unnest(), None)] if query is not None else []
        return union([self.of(e.this), *map(self.of, e.expressions), *inner]).via(TRANSFORMATION)

    def _window(self, e: Any) -> Dependencies:
        by = [*(e.args.get("partition_by") or ()), *(o.expressions if (o := e.args.get("order")) else ())]
        return union([self.of(e.this), *(self.of(each).via(WINDOW) for each in by)])

    def _query(self, query: Any, kind: Kind | None) -> Dependencies:
        """Find the origins of a query within an expression: its values, and what decides which rows there are."""
        table = self._walk.table(self._inner[id(query)], self._sources)
        values = union(table.columns.values())
        return union([values if kind is None else values.via(kind), table.rows.via(FILTER)])


_CLAUSES = {
    *("expressions", "from", "from_", "joins", "where", "group", "having", "qualify", "order", "distinct", "limit"),
    *("offset", "with", "with_", "kind", "hint"),
}


def _condition(join: Any) -> Any:
    if join.args.get("using") or join.args.get("method") or join.args.get("match_condition"):
        raise LookupError("join")
    return join.args.get("on")


def _ordered(select: Any) -> Sequence[Any]:
    order = select.args.get("order")
    return order.expressions if order is not None else ()
