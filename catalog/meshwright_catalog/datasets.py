"""Which dataset a name means: products by their table's place or their logical name, others by their own."""

import re

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from meshwright.errors import InvalidName
from meshwright.events import dataset_name
from meshwright.names import product_id
from meshwright.spec import Registration, Spec
from meshwright_catalog.history import forget_others
from meshwright_catalog.models import DatasetRow
from meshwright_catalog.spelling import normalised

LOGICAL = re.compile(r"mesh://[^/]+(/sources)?")


def logical_product(namespace: str, name: str) -> str | None:
    """Read a product's id from a logical name, such as `mesh://thenar` and `sales.orders`."""
    if not is_logical(namespace) or is_source(namespace):
        return None
    try:
        domain, product = product_id(name)
    except InvalidName:
        return None
    return f"{domain}.{product}"


def is_logical(namespace: str) -> bool:
    """Tell whether a namespace holds a mesh's own names: of products, or of sources."""
    return LOGICAL.fullmatch(normalised(namespace, "")[0]) is not None


def is_source(namespace: str) -> bool:
    """Tell whether a namespace holds a mesh's names of sources, such as `mesh://thenar/sources`."""
    return is_logical(namespace) and namespace.rstrip("/").endswith("/sources")


def place_of(spec: Spec) -> str:
    """Name the folders of a product's table below the root of its lake."""
    return f"{spec.domain}/{spec.product}/v{spec.major}"


def is_own_place(table: str, spec: Spec) -> bool:
    """Tell whether a table lies where a product's own must; anywhere else it could be another domain's.

    Readers open what is registered with the registering domain's classes and policies, and with their own rights.
    """
    scheme, is_address, _ = table.partition("://")
    if is_address and (scheme in ("http", "https") or set(table) & set("?#")):
        return False
    return table.replace("\\", "/").rstrip("/").endswith(f"/{place_of(spec)}")


def own_table(session: Session, registration: Registration) -> None:
    """Tie a registered table's place to its product, whatever lineage that came before said of it."""
    place = normalised(*dataset_name(registration.table))
    dataset(session, *place)
    named = (DatasetRow.namespace == place[0]) & (DatasetRow.name == place[1])
    row = session.scalars(select(DatasetRow).where(named)).one()
    row.product = registration.spec.id
    row.alias_of = None
    give(session, row, registration.spec.domain)


def give(session: Session, row: DatasetRow, domain: str) -> None:
    """Note whose a dataset is; if it was taken for another domain's, what that one said of it counts no more."""
    if row.domain not in (None, domain):
        forget_others(session, row.id, domain)
    row.domain = domain


def dataset(session: Session, namespace: str, name: str) -> DatasetRow:
    """Find a dataset by one of its names, or note it for the first time."""
    row = known(session, namespace, name)
    if row is None:
        namespace, name = normalised(namespace, name)
        product = logical_product(namespace, name)
        row = DatasetRow(namespace=namespace, name=name, product=product)
        row.domain = product.partition(".")[0] if product else None
        session.add(row)
        session.flush()
    return row


def known(session: Session, namespace: str, name: str) -> DatasetRow | None:
    """Find a dataset by one of its names: the row that the name is an alias of, or its own; None for a new one."""
    namespace, name = normalised(namespace, name)
    named = (DatasetRow.namespace == namespace) & (DatasetRow.name == name)
    row = session.scalars(select(DatasetRow).where(named)).one_or_none()
    return row if row is None or row.alias_of is None else session.get_one(DatasetRow, row.alias_of)


def add_name(session: Session, row: DatasetRow, namespace: str, name: str) -> None:
    """Let another name mean this dataset; what is known under it, and under its own aliases, is this one from now on.

    The caller has checked that whoever asks for it owns both.
    """
    other = dataset(session, namespace, name)
    if other.id == row.id:
        return
    session.execute(update(DatasetRow).where(DatasetRow.alias_of == other.id).values(alias_of=row.id))
    other.alias_of = row.id
    other.domain = row.domain
    row.product = row.product or other.product
    session.flush()
