"""The edges that leave places of the graph, as they hold now or held at a time."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Literal, NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Integer,
    String,
    TableValuedAlias,
    Text,
    bindparam,
    cast,
    column,
    false,
    func,
    or_,
    select,
    true,
    type_coerce,
    union_all,
)
from sqlalchemy.dialects.postgresql import JSONB

from meshwright_catalog.lineage.listed import Statement
from meshwright_catalog.models import EdgeRow, FlowRow, UtcDateTime, WriteRow

Way = Literal["up", "down"]
Column = str | None
Place = tuple[str, Column]
"""A node and one column of it, or all (None)."""
Which = Literal["whole", "all", "named", "unnamed"]
"""Edges of whole datasets; every edge; those of named columns; those of the dataset's rows, not of a column."""


_edge, _flow, _write = EdgeRow.__table__.c, FlowRow.__table__.c, WriteRow.__table__.c


class Edge(NamedTuple):
    """One edge from the dataset that it leaves (near) to the other (far), against or along the flow of data.

    `columns_known` tells whether whoever told of it tells of columns at all; of what speaks of columns it is not asked.
    """

    id: int
    near: int
    near_column: Column
    far: int
    far_column: Column
    kinds: str
    masking: bool
    columns_known: bool
    description: str

    @property
    def is_whole(self) -> bool:
        """Tell whether it speaks of datasets, not of columns."""
        return self.near_column is None and self.far_column is None


@dataclass(frozen=True, slots=True)
class Edges:
    """The edges of one question: by columns or of whole datasets, only direct ones or all, now or as of a time."""

    connection: Connection
    by_column: bool
    direct: bool
    at: datetime | None

    def leaving(self, datasets: Mapping[int, frozenset[Column]], way: Way, limit: int) -> list[Edge]:
        """Give the edges that leave these columns of these datasets (None: all), in the order they were drawn."""
        wanted: dict[str, str] = {
            which: json.dumps(values) for which, values in self._wanted(datasets).items() if values
        }
        if not wanted:
            return []
        statement = _statement((*wanted,), way, self.direct, self.at is not None, self.connection.dialect.name)
        when: dict[str, object] = {"most": limit} if self.at is None else {"most": limit, "at": self.at}
        return [
            Edge(i, near, near_column, far, far_column, kinds, masking == 1, known == 1, description)
            for i, near, near_column, far, far_column, kinds, masking, known, description in self.connection.execute(
                statement, wanted | when
            ).all()
        ]

    def follows(self, edge: Edge) -> bool:
        """Tell whether an edge leads on: one of whole datasets does so where it is all that is known."""
        return not (self.by_column and edge.columns_known and edge.is_whole)

    def _wanted(self, datasets: Mapping[int, frozenset[Column]]) -> Mapping[Which, Sequence[object]]:
        if not self.by_column:
            return {"whole": sorted(datasets)}
        named = {i: columns for i, columns in datasets.items() if None not in columns}
        return {
            "all": sorted(datasets.keys() - named.keys()),
            "named": sorted((i, str(column)) for i, columns in named.items() for column in columns),
            "unnamed": sorted(named),
        }


@lru_cache(maxsize=64)
def _statement(kinds: tuple[str, ...], way: Way, direct: bool, as_of: bool, dialect: str) -> Statement:
    """Make a statement once; making one costs more than asking it."""
    found = union_all(*(_part(which, way, direct, as_of, dialect) for which in kinds)).subquery()
    return select(found).order_by(found.c.id).limit(bindparam("most"))


def _part(which: str, way: Way, direct: bool, as_of: bool, dialect: str) -> Statement:
    here, field, there, far_field = _edge.output_id, _edge.output_field, _edge.input_id, _edge.input_field
    if way == "down":
        here, field, there, far_field = there, far_field, here, field
    # what is named speaks of columns, so that its flow need not be looked up
    known = type_coerce(true() if which == "named" and not as_of else _flow.columns_known, Integer)
    masking = type_coerce(_edge.masking, Integer)
    ends = here.label("near"), field.label("near_field"), there.label("far"), far_field.label("far_field")
    told = _edge.kinds, masking.label("masking"), known.label("known"), _edge.description
    made: Statement = select(_edge.id, *ends, *told)
    listed = _listed(which, dialect)
    made = made.select_from(listed).join(EdgeRow.__table__, here == _dataset(listed, which, dialect))
    if which != "named" or as_of:
        made = made.join(FlowRow.__table__, _flow.id == _edge.flow_id)
    if which == "named":
        made = made.where(field == _column(listed, dialect))
    if which == "whole":
        made = made.where(field.is_(None), far_field.is_(None))
    if which == "unnamed":
        made = made.where(field.is_(None), or_(far_field.is_not(None), _flow.columns_known == false()))
    if direct:
        made = made.where(or_(_edge.kinds == "", _edge.kinds.startswith("DIRECT:")))
    # `current = true`, not `current` alone: only so SQLite finds what follows it in the index
    return made.where(_held_at() if as_of else _edge.current == true())


def _listed(which: str, dialect: str) -> TableValuedAlias:
    """List what is wanted, handed over as one JSON text: a list of pairs would make SQLite read the whole table."""
    given = bindparam(which, type_=String)
    if dialect == "sqlite":
        return func.json_each(given).table_valued("value", name=f"wanted_{which}")
    each = func.jsonb_array_elements(cast(given, JSONB))
    return each.table_valued(column("value", JSONB), name=f"wanted_{which}").render_derived()


def _dataset(listed: TableValuedAlias, which: str, dialect: str) -> ColumnElement[int]:
    value = listed.c.value
    if dialect == "sqlite":
        return type_coerce(func.json_extract(value, "$[0]") if which == "named" else value, BigInteger)
    return cast(value[0] if which == "named" else value, BigInteger)


def _column(listed: TableValuedAlias, dialect: str) -> ColumnElement[str]:
    value = listed.c.value
    return type_coerce(func.json_extract(value, "$[1]") if dialect == "sqlite" else value[1].astext, Text)


def _held_at() -> ColumnElement[bool]:
    """Tell whether a flow's edges held at a time: the newest of its job and output that was told until then."""
    at = bindparam("at", type_=UtcDateTime())
    of_job = (_write.job_id == _flow.job_id) & (_write.output_id == _flow.output_id) & (_write.at <= at)
    newest = select(_write.flow_id).where(of_job).order_by(_write.at.desc(), _write.id.desc()).limit(1)
    return _flow.id == newest.correlate(FlowRow.__table__).scalar_subquery()
