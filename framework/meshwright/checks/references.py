"""Values that must exist in a column of another product."""

from collections.abc import Iterator, Mapping

import polars as pl

from meshwright.errors import DefinitionError
from meshwright.markers import Severity
from meshwright.spec import Reference, Spec


def reference_names(spec: Spec) -> dict[str, Severity]:
    """Name the check of each reference, with its severity."""
    return {f"{c.name}.references": c.on_fail or spec.on_fail for c in spec.columns if c.references}


def reference_failures(
    rows: pl.LazyFrame, spec: Spec, references: Mapping[str, pl.LazyFrame]
) -> Iterator[tuple[str, pl.LazyFrame]]:
    """Find for each reference the rows whose value does not exist there, as column `_row`; a null needs no match.

    `references` holds the tables by `<product>.<column>`. Raises `DefinitionError` when one is missing or of another
    type.
    """
    for column in spec.columns:
        if column.references is not None:
            known = _known(f"{spec.id}.{column.name}", column.references, references)
            values = rows.select("_row", pl.col(column.name).alias("_value")).drop_nulls()
            missing = values.join(known, left_on="_value", right_on=column.references.column, how="anti")
            yield f"{column.name}.references", missing.select("_row")


def _known(where: str, reference: Reference, references: Mapping[str, pl.LazyFrame]) -> pl.LazyFrame:
    target = f"{reference.product}.{reference.column}"
    if target not in references:
        raise DefinitionError(where, f"references {target}, which was not read", "build that product first")
    return references[target].select(reference.column)
