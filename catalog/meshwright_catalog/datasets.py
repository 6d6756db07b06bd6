"""Which dataset a name means: products by their table's place or their logical name, others by their own."""

import re
from pathlib import PurePosixPath

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from meshwright.errors import InvalidName
from meshwright.events import dataset_name
from meshwright.names import product_id
from meshwright.spec import Registration, Spec
from meshwright_catalog.models import DatasetRow

_TABLE = re.compile(r"(?:^|/)([a-z][a-z0-9_]{0,62})/[a-z][a-z0-9_]{0,79}/v[0-9]{1,9}$")
LOGICAL = re.compile(r"mesh://[^/]+(/sources)?")


def normalised(namespace: str, name: str) -> tuple[str, str]:
    """Give spellings of one place one form: `s3a` is `s3`, and slashes at the ends say nothing."""
    namespace = re.sub(r"^s3[an]://", "s3://", namespace).rstrip("/")
    if namespace in ("file:", "file", ""):
        return "file", str(PurePosixPath(name))
    return namespace, name.strip("/")


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
    return LOGICAL.fullmatch(namespace) is not None


def is_source(namespace: str) -> bool:
    """Tell whether a namespace holds a mesh's names of sources, such as `mesh://thenar/sources`."""
    return is_logical(namespace) and namespace.endswith("/sources")


def place_of(spec: Spec) -> str:
    """Name the folders of a product's table below the root of its lake."""
    return f"{spec.domain}/{spec.product}/v{spec.major}"


def domain_of_place(name: str) -> str | None:
    """Name the domain whose product's table would lie at a place, by the folders of a lake; None elsewhere."""
    found = _TABLE.search(name.replace("\\", "/").rstrip("/"))
    return found[1] if found else None


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
    row.domain = registration.spec.domain
    row.alias_of = None


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
