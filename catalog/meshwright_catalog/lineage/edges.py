"""The edges that leave places of the graph, as they hold now or held at a time."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, or_, select, true, tuple_
from sqlalchemy.orm import Session, aliased

from meshwright_catalog.models import EdgeRow, FlowRow, WriteRow

Way = Literal["up", "down"]
Column = str | None
Place = tuple[str, Column]
"""A node and one column of it, or all (None)."""
Statement = Select[int, int, Column, int, Column, str, bool, bool]
_CHUNK = 4_000


class Edge(NamedTuple):
    """One edge as it is kept, and whether its flow tells of columns at all."""

    id: int
    input_id: int
    input_field: Column
    output_id: int
    output_field: Column
    kinds: str
    masking: bool
    columns_known: bool

    @property
    def is_whole(self) -> bool:
        """Tell whether it speaks of datasets, not of columns."""
        return self.input_field is None and self.output_field is None

    def near(self, way: Way) -> tuple[int, Column]:
        """Give the end that it leaves."""
        return (self.output_id, self.output_field) if way == "up" else (self.input_id, self.input_field)

    def far(self, way: Way) -> tuple[int, Column]:
        """Give the end that it leads to."""
        return (self.input_id, self.input_field) if way == "up" else (self.output_id, self.output_field)


@dataclass(frozen=True, slots=True)
class Edges:
    """The edges of one question: by columns or of whole datasets, only direct ones or all, now or as of a time."""

    session: Session
    by_column: bool
    direct: bool
    at: datetime | None

    def leaving(self, datasets: Mapping[int, frozenset[Column]], way: Way, limit: int) -> list[Edge]:
        """Give the edges that leave these columns of these datasets (None: all), in the order they were drawn."""
        found: list[Edge] = []
        for statement in self._statements(datasets, way):
            rows = self.session.execute(statement.order_by(EdgeRow.id).limit(limit))
            found += [Edge(*row) for row in rows]
        return sorted(found)[:limit]

    def follows(self, edge: Edge) -> bool:
        """Tell whether an edge leads on: one of whole datasets does so where it is all that is known."""
        return not (self.by_column and edge.is_whole and edge.columns_known)

    def _statements(self, datasets: Mapping[int, frozenset[Column]], way: Way) -> Iterator[Statement]:
        here = EdgeRow.output_id if way == "up" else EdgeRow.input_id
        field, far_field = EdgeRow.output_field, EdgeRow.input_field
        if way == "down":
            field, far_field = far_field, field
        whole = and_(field.is_(None), far_field.is_(None))
        if not self.by_column:
            for ids in _chunks(sorted(datasets)):
                yield self._select(here.in_(ids), whole)
            return
        for ids in _chunks(sorted(i for i, columns in datasets.items() if None in columns)):
            yield self._select(here.in_(ids))
        some = sorted(
            (i, column) for i, columns in datasets.items() if None not in columns for column in columns if column
        )
        for pairs in _chunks(some):
            yield self._select(tuple_(here, field).in_(pairs))
            ids = sorted({i for i, _ in pairs})
            yield self._select(here.in_(ids), field.is_(None), or_(far_field.is_not(None), ~FlowRow.columns_known))

    def _select(self, *conditions: ColumnElement[bool]) -> Statement:
        edge = EdgeRow
        columns = (
            edge.id,
            edge.input_id,
            edge.input_field,
            edge.output_id,
            edge.output_field,
            edge.kinds,
            edge.masking,
        )
        made = select(*columns, FlowRow.columns_known).join(FlowRow, FlowRow.id == edge.flow_id)
        direct = or_(edge.kinds == "", edge.kinds.startswith("DIRECT:")) if self.direct else true()
        return made.where(*conditions, direct, edge.current if self.at is None else held_at(self.at))


def held_at(at: datetime) -> ColumnElement[bool]:
    """Tell whether a flow's edges held at a time: the newest of its job and output that was told until then."""
    write = aliased(WriteRow)
    of_job = (write.job_id == FlowRow.job_id) & (write.output_id == FlowRow.output_id) & (write.at <= at)
    newest = select(write.flow_id).where(of_job).order_by(write.at.desc(), write.id.desc()).limit(1)
    return FlowRow.id == newest.correlate(FlowRow).scalar_subquery()


def _chunks(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """Split what would be more parameters than a statement may have."""
    for start in range(0, len(values), _CHUNK):
        yield values[start : start + _CHUNK]
