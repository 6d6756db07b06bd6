"""Products written in SQL: a query over the frames of a transform, planned by Polars like any other step."""

from typing import LiteralString

import polars as pl

from meshwright.errors import DefinitionError

_FIRST_WORDS = ("select", "with")


def sql(query: LiteralString, **frames: pl.LazyFrame) -> pl.LazyFrame:
    """Plan a query over frames by their names; nothing is read, and lineage is as exact as that of expressions.

    The text is written in the code: a type checker refuses one that is put together at run time. A query that names a
    file plans like a scan of it, which a build refuses. Raises `DefinitionError` for a text that is no query.
    """
    words = query.split(None, 1)
    if not words or words[0].lower() not in _FIRST_WORDS:
        raise DefinitionError("sql", "is no query", "start it with SELECT or WITH, and leave comments to the code")
    return pl.SQLContext(frames, eager=False).execute(query)
