"""Names of datasets and jobs: by storage location, with the logical name beside it.

OpenLineage's naming has no row for Delta: a table is named by the place of its root, its logical name is a symlink.
"""

from pathlib import PurePosixPath, PureWindowsPath
from typing import NamedTuple
from urllib.parse import quote, unquote, urlsplit

_ALIASES = {"s3a": "s3", "s3n": "s3", "abfs": "abfss"}


class Name(NamedTuple):
    """A dataset or job: the namespace says where names are unique."""

    namespace: str
    name: str


def dataset_name(uri: str, part: str = "") -> Name:
    """Name what lies at an absolute path or address; `part` is the table or sheet within a file."""
    inside = f"#{part}" if part else ""
    address = urlsplit(uri)
    if len(address.scheme) < 2:  # one letter is the drive of a Windows path
        path = PureWindowsPath(uri).as_posix() if ":" in uri[:2] or "\\" in uri else PurePosixPath(uri).as_posix()
        return Name("file", path + inside)
    if address.scheme == "file":
        namespace = f"file://{address.netloc}" if address.netloc not in ("", "localhost") else "file"
        return Name(namespace, unquote(address.path).rstrip("/") + inside)
    scheme = _ALIASES.get(address.scheme, address.scheme)
    return Name(f"{scheme}://{address.netloc}", address.path.strip("/") + inside)


def address(name: Name) -> str:
    """Write a dataset's place as one URI, without what is inside the file."""
    place = name.name.partition("#")[0]
    if name.namespace == "file":
        return f"file://{'/' if ':' in place[:2] else ''}{quote(place, safe='/:')}"
    return f"{name.namespace}/{quote(place.lstrip('/'))}"


def mesh_namespace(mesh: str) -> str:
    """Name the space of logical names: products as `domain.product`."""
    return f"mesh://{mesh}"


def job_name(mesh: str, product: str, step: str) -> Name:
    """Name a step of the making of a product, consumer or whole domain, in the namespace of the domain."""
    return Name(f"mesh://{mesh}/{product.partition('.')[0]}", f"{product}.{step}")


def place(name: Name) -> str:
    """Give back the path or address that a table was named by."""
    return name.name if name.namespace == "file" else f"{name.namespace}/{name.name.lstrip('/')}"


def lake(table: str) -> str:
    """Give the root below which a product's table lies, by domain, product and major version."""
    return table.replace("\\", "/").rstrip("/").rsplit("/", 3)[0]
