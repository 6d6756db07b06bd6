"""Types: what a column is called in Python, Polars, Delta and ODCS, and which casts change no value."""

from meshwright.dtypes.advice import cast_advice
from meshwright.dtypes.lossless import converted, lossless
from meshwright.dtypes.table import BY_KIND, BY_PYTHON, TABLE, TypeRow, polars_type, python_type

__all__ = [
    "BY_KIND",
    "BY_PYTHON",
    "TABLE",
    "TypeRow",
    "cast_advice",
    "converted",
    "lossless",
    "polars_type",
    "python_type",
]
