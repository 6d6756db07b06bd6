"""What a product's tests ask: the checks that each row of a frame breaks."""

from collections.abc import Mapping

import polars as pl

from meshwright.checks import mark
from meshwright.schema import Contract, spec_of
from meshwright.spec import Spec


def failed(
    contract: type[Contract], frame: pl.LazyFrame, references: Mapping[str, pl.LazyFrame] | None = None
) -> list[list[str]]:
    """Name for each row of a frame the checks of a contract that it breaks; an empty list is a sound row.

    `references` maps "domain.product.column" to a frame with that column; references not given are not checked.
    """
    rules = {rule.name: rule.expression for rule in contract.__mesh__.rules}
    given = references or {}
    marked = mark(contract.conform(frame), _only(spec_of(contract), given), rules, given)
    names: list[list[str]] = marked.select("_failed").collect()["_failed"].to_list()
    return names


def _only(spec: Spec, references: Mapping[str, pl.LazyFrame]) -> Spec:
    """Leave out the references whose other side a test did not hand over."""
    columns = tuple(
        c
        if c.references is None or f"{c.references.product}.{c.references.column}" in references
        else c.model_copy(update={"references": None})
        for c in spec.columns
    )
    return spec.model_copy(update={"columns": columns})
