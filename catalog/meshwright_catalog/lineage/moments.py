"""When an answer should hold, and which product and column it starts from."""

from datetime import datetime

from sqlalchemy import func, select

from meshwright.errors import UnknownColumn, UnknownProduct, UnknownVersion
from meshwright.registry import AsOf
from meshwright_catalog.gate import Visit
from meshwright_catalog.lineage.nodes import Nodes
from meshwright_catalog.models import EdgeRow, ProductRow, RegistrationRow, WriteRow


def moment(visit: Visit, nodes: Nodes, product: str, query: AsOf) -> datetime | None:
    """Tell the time as of which to answer; None for now. Of a version it is when the last run that wrote it ended.

    Raises `UnknownVersion` when no run told of it.
    """
    if query.version is None:
        return query.at
    ours = WriteRow.output_id.in_(sorted(nodes.ids([product])))
    of_version = select(func.max(WriteRow.at)).where(ours, WriteRow.version == query.version)
    written: datetime | None = visit.session.scalar(of_version)
    if written is None:
        raise UnknownVersion(product, query.version, _live(visit, product))
    return written if query.at is None else min(written, query.at)


def _live(visit: Visit, product: str) -> int | None:
    """Tell which version its newest registration says is live; events may tell of any."""
    newest = select(RegistrationRow.delta_version).join(ProductRow, ProductRow.sequence == RegistrationRow.sequence)
    return visit.session.scalar(newest.where(ProductRow.id == product).order_by(ProductRow.major.desc()).limit(1))


def start(visit: Visit, nodes: Nodes, product: str, column: str | None, query: AsOf) -> None:
    """Check that the caller may discover the product, and that it has, or as of then had, the column.

    Raises `UnknownProduct` for what is unknown or may not be discovered, and `UnknownColumn`.
    """
    nodes.products.decide([product])
    outline = nodes.products.outline(product)
    if outline is None:
        raise UnknownProduct(product, (), "catalog")
    if column is None or column in outline.columns:
        return
    then = query.at is not None or query.version is not None
    if not (then and _was_there(visit, nodes, product, column)):
        raise UnknownColumn(product, column, list(outline.columns))


def _was_there(visit: Visit, nodes: Nodes, product: str, column: str) -> bool:
    ids = sorted(nodes.ids([product]))
    made = (EdgeRow.output_id.in_(ids) & (EdgeRow.output_field == column)) | (
        EdgeRow.input_id.in_(ids) & (EdgeRow.input_field == column)
    )
    return visit.session.scalar(select(EdgeRow.id).where(made).limit(1)) is not None
