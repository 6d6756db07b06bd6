"""A data mesh framework: the contract is a class, an edge is a type, a product is a function."""

from importlib import import_module
from typing import TYPE_CHECKING

from meshwright.version import __version__ as __version__

if TYPE_CHECKING:
    from pydantic import AllowInfNan as AllowInfNan

    from meshwright.domain import Domain as Domain
    from meshwright.errors import MeshError as MeshError
    from meshwright.formats import Csv as Csv
    from meshwright.formats import Delta as Delta
    from meshwright.formats import Excel as Excel
    from meshwright.formats import JsonLines as JsonLines
    from meshwright.formats import Parquet as Parquet
    from meshwright.formats import Sqlite as Sqlite
    from meshwright.functions import udf as udf
    from meshwright.markers import Class as Class
    from meshwright.markers import Column as Column
    from meshwright.markers import DateFormat as DateFormat
    from meshwright.markers import Decimals as Decimals
    from meshwright.markers import EventTime as EventTime
    from meshwright.markers import Key as Key
    from meshwright.markers import KnownAt as KnownAt
    from meshwright.markers import Level as Level
    from meshwright.markers import Matches as Matches
    from meshwright.markers import Number as Number
    from meshwright.markers import OnFail as OnFail
    from meshwright.markers import Pii as Pii
    from meshwright.markers import References as References
    from meshwright.markers import Unit as Unit
    from meshwright.markers import Vector as Vector
    from meshwright.mesh import Mesh as Mesh
    from meshwright.products import Consumer as Consumer
    from meshwright.products import Product as Product
    from meshwright.products import Sla as Sla
    from meshwright.products import consumer as consumer
    from meshwright.products import product as product
    from meshwright.rules import rule as rule
    from meshwright.schema import Contract as Contract
    from meshwright.schema import Frame as Frame
    from meshwright.schema import InputPort as InputPort
    from meshwright.schema import PortableFrame as PortableFrame
    from meshwright.schema import Schema as Schema
    from meshwright.schema import Source as Source
    from meshwright.schema import spec_of as spec_of
    from meshwright.spec import Spec as Spec
    from meshwright.sqltext import sql as sql


_HOMES = {
    "domain": ("Domain",),
    "errors": ("MeshError",),
    "formats": ("Csv", "Delta", "Excel", "JsonLines", "Parquet", "Sqlite"),
    "functions": ("udf",),
    "markers": (
        "Class", "Column", "DateFormat", "Decimals", "EventTime", "Key", "KnownAt", "Level", "Matches",
        "Number", "OnFail", "Pii", "References", "Unit", "Vector",
    ),
    "mesh": ("Mesh",),
    "products": ("Consumer", "Product", "Sla", "consumer", "product"),
    "rules": ("rule",),
    "schema": ("Contract", "Frame", "InputPort", "PortableFrame", "Schema", "Source", "spec_of"),
    "spec": ("Spec",),
    "sqltext": ("sql",),
}  # fmt: skip
_HOME = {name: f"meshwright.{module}" for module, names in _HOMES.items() for name in names} | {
    "AllowInfNan": "pydantic"
}

__all__ = [
    "AllowInfNan",
    "Class",
    "Column",
    "Consumer",
    "Contract",
    "Csv",
    "DateFormat",
    "Decimals",
    "Delta",
    "Domain",
    "EventTime",
    "Excel",
    "Frame",
    "InputPort",
    "JsonLines",
    "Key",
    "KnownAt",
    "Level",
    "Matches",
    "Mesh",
    "MeshError",
    "Number",
    "OnFail",
    "Parquet",
    "Pii",
    "PortableFrame",
    "Product",
    "References",
    "Schema",
    "Sla",
    "Source",
    "Spec",
    "Sqlite",
    "Unit",
    "Vector",
    "consumer",
    "product",
    "rule",
    "spec_of",
    "sql",
    "udf",
]


def __getattr__(name: str) -> object:
    """Import a public name on its first use, so that `mesh --help` starts without Polars."""
    if name not in _HOME:
        raise AttributeError(f"module 'meshwright' has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)
