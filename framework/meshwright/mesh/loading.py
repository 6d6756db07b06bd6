"""Run a consumer: its ports are decided like anybody's, under its purpose."""

import polars as pl

from meshwright.access import Principal
from meshwright.mesh.admission import admit
from meshwright.mesh.inputs import resolve
from meshwright.mesh.world import World
from meshwright.products import Consumer


def load(world: World, consumer: Consumer[...], reader: Principal) -> pl.LazyFrame:
    """Decide every port before a row is read, then call the consumer's function."""
    inputs = resolve(world, consumer, reader)
    frames = admit(world, consumer, inputs, reader)
    sources = {s.name: world.sources.read(s.where, s.id, s.columns, s.format).accepted for s in inputs.sources}
    return consumer.function(**{**sources, **frames, **consumer.parameters})
