"""What a version of a table holds of a contract."""

import polars as pl

from meshwright.dtypes import lossless, polars_type
from meshwright.spec import Spec


def present(spec: Spec, schema: pl.Schema) -> Spec:
    """Leave out columns that the version read does not have yet, or has as another type.

    A column of the table that is unknown to the contract is never shown.
    """
    columns = tuple(c for c in spec.columns if c.name in schema and lossless(schema[c.name], polars_type(c.type)))
    return spec.model_copy(update={"columns": columns})
