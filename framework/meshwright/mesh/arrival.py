"""Keys that an input had and the output lost: what an inner join drops stands in the report."""

from collections.abc import Mapping

import polars as pl

from meshwright.lineage import ColumnLineage
from meshwright.mesh.reports import KeysArrived
from meshwright.mesh.world import AnyProduct, World
from meshwright.spec import Spec


def keys_arrived(
    world: World, product: AnyProduct, lineage: ColumnLineage, frames: Mapping[str, pl.LazyFrame], run_id: str
) -> tuple[KeysArrived, ...]:
    """Count for each input with a key the distinct keys of which no row that the transform returned carries a copy.

    An output column carries a key column when lineage says that it is a copy of it.
    """
    copies = {(origin.input, origin.column): column for column, origin in lineage.copies()}
    spec = product.spec
    returned = _returned(world, spec, run_id)
    found: list[KeysArrived] = []
    for name, schema in product.inputs.items():
        key = tuple(c.name for c in schema.__mesh__.columns if c.key)
        if key:
            carried = [copies.get((name, column)) for column in key]
            found.append(_count(schema.__mesh__.id, key, carried, frames[name], returned))
    return tuple(found)


def _returned(world: World, spec: Spec, run_id: str) -> pl.LazyFrame:
    """Read what the last build returned: the published rows, and those of the run that it quarantined."""
    names = [c.name for c in spec.columns]
    published = world.store.scan(world.store.place(spec.id, spec.major)).select(names)
    rejected = world.store.place(spec.id, spec.major, rejected=True)
    if world.store.version(rejected) is None:
        return published
    mine = (pl.col("_run_id") == run_id) & (pl.col("_stage") == "contract")
    return pl.concat([published, world.store.scan(rejected).filter(mine).select(names)])


def _count(
    given: str, key: tuple[str, ...], carried: list[str | None], frame: pl.LazyFrame, returned: pl.LazyFrame
) -> KeysArrived:
    distinct = frame.select(key).unique()
    if None in carried:
        total = distinct.select(pl.len()).collect(engine="streaming").item()
        return KeysArrived(input=given, key=key, total=int(total), missing=None)
    arrived = returned.select(pl.col(str(out)).alias(name) for out, name in zip(carried, key, strict=True))
    lost = distinct.join(arrived, on=list(key), how="anti", nulls_equal=True)
    counts = pl.collect_all([distinct.select(pl.len()), lost.select(pl.len())], engine="streaming")
    return KeysArrived(input=given, key=key, total=int(counts[0].item()), missing=int(counts[1].item()))
