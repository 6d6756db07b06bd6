"""The edges that leave places of the graph, as they hold now or held at a time."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Literal, NamedTuple

from sqlalchemy import BindParameter, ColumnElement, Select, and_, bindparam, false, func, or_, select, true, tuple_
from sqlalchemy.orm import Session

from meshwright_catalog.models import EdgeRow, FlowRow, UtcDateTime, WriteRow

Way = Literal["up", "down"]
Column = str | None
Place = tuple[str, Column]
"""A node and one column of it, or all (None)."""
Which = Literal["whole", "all", "named", "unnamed"]
"""Edges of whole datasets; every edge; those of named columns; those of the dataset's rows, not of a column."""
Statement = Select[Any, Any, Any, Any, Any, Any, Any, Any, Any]
_CHUNK = 4_000

_edge, _flow, _write = EdgeRow.__table__.c, FlowRow.__table__.c, WriteRow.__table__.c


class Edge(NamedTuple):
    """One edge from the dataset that it leaves (near) to the other (far), against or along the flow of data.

    `columns_known` tells whether whoever told of it tells of columns at all.
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

    session: Session
    by_column: bool
    direct: bool
    at: datetime | None

    def leaving(self, datasets: Mapping[int, frozenset[Column]], way: Way, limit: int) -> list[Edge]:
        """Give the edges that leave these columns of these datasets (None: all), in the order they were drawn."""
        connection, found = self.session.connection(), list[Edge]()
        sqlite = connection.dialect.name == "sqlite"
        common: dict[str, object] = {"most": limit}
        if self.at is not None:
            common["at"] = self.at
        for which, values in self._wanted(datasets):
            statement = _statement(which, way, self.direct, self.at is not None, sqlite)
            for start in range(0, len(values), _CHUNK):
                some: object = values[start : start + _CHUNK]
                some = json.dumps(some) if which == "named" and sqlite else some
                found += map(Edge._make, connection.execute(statement, common | {"some": some}).fetchall())
        return sorted(found)[:limit]

    def follows(self, edge: Edge) -> bool:
        """Tell whether an edge leads on: one of whole datasets does so where it is all that is known."""
        return not (self.by_column and edge.columns_known and edge.is_whole)

    def _wanted(self, datasets: Mapping[int, frozenset[Column]]) -> Iterator[tuple[Which, Sequence[object]]]:
        if not self.by_column:
            yield "whole", sorted(datasets)
            return
        yield "all", sorted(i for i, columns in datasets.items() if None in columns)
        named = {i: columns for i, columns in datasets.items() if None not in columns}
        yield "named", sorted((i, str(column)) for i, columns in named.items() for column in columns)
        yield "unnamed", sorted(named)


@lru_cache(maxsize=64)
def _statement(which: Which, way: Way, direct: bool, as_of: bool, sqlite: bool) -> Statement:
    """Make a statement once; making one costs more than asking it."""
    here, field, there, far_field = _edge.output_id, _edge.output_field, _edge.input_id, _edge.input_field
    if way == "down":
        here, field, there, far_field = there, far_field, here, field
    told = (_edge.kinds, _edge.masking, _flow.columns_known, _edge.description)
    columns = (_edge.id, here, field, there, far_field, *told)
    made: Statement = select(*columns).join_from(EdgeRow.__table__, FlowRow.__table__, _flow.id == _edge.flow_id)
    some: BindParameter[Any] = bindparam("some", expanding=True)
    if which == "named" and sqlite:  # of a list of pairs it would read the whole table
        wanted = func.json_each(bindparam("some")).table_valued("value", name="wanted")
        dataset, column = (func.json_extract(wanted.c.value, place) for place in ("$[0]", "$[1]"))
        made = made.select_from(wanted).where(here == dataset, field == column)
    elif which == "named":
        made = made.where(tuple_(here, field).in_(some))
    else:
        made = made.where(here.in_(some))
    if which == "whole":
        made = made.where(and_(field.is_(None), far_field.is_(None)))
    if which == "unnamed":
        made = made.where(field.is_(None), or_(far_field.is_not(None), _flow.columns_known == false()))
    if direct:
        made = made.where(or_(_edge.kinds == "", _edge.kinds.startswith("DIRECT:")))
    # `current = true`, not `current` alone: only so SQLite finds what follows it in the index
    held = _held_at(bindparam("at", type_=UtcDateTime())) if as_of else _edge.current == true()
    return made.where(held).order_by(_edge.id).limit(bindparam("most"))


def _held_at(at: ColumnElement[datetime]) -> ColumnElement[bool]:
    """Tell whether a flow's edges held at a time: the newest of its job and output that was told until then."""
    of_job = (_write.job_id == _flow.job_id) & (_write.output_id == _flow.output_id) & (_write.at <= at)
    newest = select(_write.flow_id).where(of_job).order_by(_write.at.desc(), _write.id.desc()).limit(1)
    return _flow.id == newest.correlate(FlowRow.__table__).scalar_subquery()
