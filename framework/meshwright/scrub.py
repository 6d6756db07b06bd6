"""What may be said of an error where others can read it."""

import polars as pl

from meshwright.errors import MeshError

# Their text is made of names of columns and types; the text of any other error may quote a cell.
_NAMES_ONLY = (
    pl.exceptions.ColumnNotFoundError,
    pl.exceptions.DuplicateError,
    pl.exceptions.SchemaFieldNotFoundError,
)


def scrubbed(error: BaseException) -> str:
    """Describe an error in one line that quotes no value: its text where that holds names alone, else its type."""
    if isinstance(error, MeshError):
        return str(error)
    name = type(error).__name__
    if isinstance(error, _NAMES_ONLY):
        return f"{name}: {str(error).strip().splitlines()[0]}"
    return name
