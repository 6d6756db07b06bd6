"""Keys that an input had and the output lost: what an inner join drops stands in the report."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from meshwright.lineage import ColumnLineage
from meshwright.mesh.inputs import Inputs
from meshwright.mesh.reports import KeysArrived
from meshwright.mesh.world import AnyProduct, World
from meshwright.spec import Spec


@dataclass(frozen=True, slots=True)
class InputKey:
    """The columns that tell the rows of an input apart; `input` is the product or source."""

    input: str
    columns: tuple[str, ...]


def keys_arrived(
    frames: Mapping[str, pl.LazyFrame], keys: Mapping[str, InputKey], lineage: ColumnLineage, returned: pl.LazyFrame
) -> tuple[KeysArrived, ...]:
    """Count for each input with a key the distinct keys of which no row that the transform returned carries a copy.

    An output column carries a key column when lineage says that it is a copy of it.
    """
    copies = {(origin.input, origin.column): column for column, origin in lineage.copies()}
    return tuple(
        _count(key, [copies.get((name, column)) for column in key.columns], frames[name], returned)
        for name, key in keys.items()
    )


def input_keys(product: AnyProduct, inputs: Inputs) -> dict[str, InputKey]:
    """Name the key of each input that has one: its own, or the published one where a port reads all of it."""
    published = {p.name: p.offer.spec.keys for p in inputs.ports}
    found: dict[str, InputKey] = {}
    for name, schema in product.inputs.items():
        columns = schema.__mesh__.columns
        own = tuple(c.name for c in columns if c.key)
        theirs = published.get(name, ())
        key = own or (theirs if {*theirs} <= {c.name for c in columns} else ())
        if key:
            found[name] = InputKey(schema.__mesh__.id, key)
    return found


def returned_rows(world: World, spec: Spec, run_id: str) -> pl.LazyFrame:
    """Read what the last build returned: the published rows, and those of the run that it quarantined."""
    names = [c.name for c in spec.columns]
    published = world.store.scan(world.store.place(spec.id, spec.major)).select(names)
    rejected = world.store.place(spec.id, spec.major, rejected=True)
    if world.store.version(rejected) is None:
        return published
    mine = (pl.col("_run_id") == run_id) & (pl.col("_stage") == "contract")
    return pl.concat([published, world.store.scan(rejected).filter(mine).select(names)])


def _count(key: InputKey, carried: list[str | None], frame: pl.LazyFrame, returned: pl.LazyFrame) -> KeysArrived:
    distinct = frame.select(key.columns).unique()
    if None in carried:
        total = distinct.select(pl.len()).collect(engine="streaming").item()
        return KeysArrived(input=key.input, key=key.columns, total=int(total), missing=None)
    arrived = returned.select(pl.col(str(out)).alias(name) for out, name in zip(carried, key.columns, strict=True))
    lost = distinct.join(arrived, on=list(key.columns), how="anti", nulls_equal=True)
    counts = pl.collect_all([distinct.select(pl.len()), lost.select(pl.len())], engine="streaming")
    return KeysArrived(input=key.input, key=key.columns, total=int(counts[0].item()), missing=int(counts[1].item()))
