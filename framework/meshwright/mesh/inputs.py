"""What one build reads: tables pinned to a version, and deliveries known by their content."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from meshwright.access import Principal
from meshwright.access.fit import asked_levels
from meshwright.errors import (
    ForeignCommit,
    MissingFiles,
    NotPublished,
    UnknownMajor,
    UnknownParameter,
    UnknownProduct,
    UnknownSource,
    UnknownVersion,
    WrongMajor,
)
from meshwright.mesh.elsewhere import Remote
from meshwright.mesh.own_tables import require_no_product
from meshwright.mesh.world import AnyProduct, World
from meshwright.ports import Gateway, Registry
from meshwright.products import Consumer
from meshwright.publish import live_rejected
from meshwright.rejected import SUFFIX as REJECTED
from meshwright.rejected import rejected_spec
from meshwright.schema import InputPort, Schema, port_of
from meshwright.spec import ColumnSpec, ListType, PortSpec, Reference, Spec, StructType
from meshwright.tables import Store


@dataclass(frozen=True, slots=True)
class Offer:
    """A published product as a reader finds it: its promise, its table and the live version."""

    spec: Spec
    table: str
    version: int
    store: Store
    policies: str | None = None
    product_table: str = ""

    @property
    def place(self) -> str:
        """Name it in lineage: by its table's place."""
        return self.table

    def at(self, version: int | None) -> "Offer":
        """Pin an earlier version; rejected rows have none, they are read as they stand."""
        if version is None or self.product_table:
            return self
        return replace(self, version=version)

    def stamp(self) -> Mapping[str, str]:
        """Tell what the build that made the version wrote beside it."""
        return self.store.stamp(self.table, self.version)

    def missing(self) -> int:
        """Count the files of the version that are gone."""
        return len(self.store.live_files(self.table, self.version) - self.store.found_files(self.table).keys())

    def rows(self, version: int | None = None) -> pl.LazyFrame:
        """Read the table; of rejected rows those whose build the product's own log holds.

        Raises `ForeignCommit` for a version that no build made: nobody tested its rows, or said what its columns hold.
        An older one in its place could bring back what was deleted.
        """
        if self.product_table:
            return live_rejected(self.store, self.product_table, self.table, self.spec)
        wanted = self.version if version is None else version
        if not self.store.stamp(self.table, wanted):
            self._require(wanted)
            raise ForeignCommit(self.table, wanted, self.store.published(self.table))
        if missing := self.store.missing_files(self.table, wanted):
            raise MissingFiles(self.table, missing)
        return self.store.scan(self.table, wanted)

    def _require(self, version: int) -> None:
        """Raise `UnknownVersion` for one that is not there, by the product's name: its place is not for everybody."""
        try:
            self.store.scan(self.table, version)
        except UnknownVersion as error:
            raise UnknownVersion(self.spec.id, version, error.live) from None


Found = Offer | Remote
"""A product whose storage this process holds, or one that it reads through the gateway."""


@dataclass(frozen=True, slots=True)
class PinnedPort:
    """An input port of a build, pinned to one version of what it reads."""

    name: str
    schema: type[InputPort]
    port: PortSpec
    offer: Found


@dataclass(frozen=True, slots=True)
class PinnedSource:
    """A source of a build: where it is, how it is written, and a hash of its content."""

    name: str
    id: str
    where: tuple[str, ...]
    columns: tuple[ColumnSpec, ...]
    format: object
    content_hash: str


@dataclass(frozen=True, slots=True)
class Inputs:
    """Everything a build reads; `references` by `<product>.<column>`.

    `token_key` is the id of the key of the tokens that this process makes for its ports; the gateway makes its own.
    """

    ports: tuple[PinnedPort, ...]
    sources: tuple[PinnedSource, ...]
    references: Mapping[str, tuple[Reference, Found]]
    token_key: str = ""

    def pins(self) -> dict[str, int]:
        """The version of each table, ports and references alike."""
        pinned = {p.offer.table: p.offer.version for p in self.ports}
        return pinned | {offer.table: offer.version for _, offer in self.references.values()}

    def names(self) -> dict[str, str]:
        """The product of each table."""
        referenced = {offer.table: reference.product for reference, offer in self.references.values()}
        return referenced | {p.offer.table: p.port.product for p in self.ports}


def resolve(world: World, product: AnyProduct | Consumer[...], reader: Principal, spec: Spec | None = None) -> Inputs:
    """Find every input of a product or consumer and pin it; the columns of `spec` add what they reference."""
    ports: list[PinnedPort] = []
    sources: list[PinnedSource] = []
    for name, schema in product.inputs.items():
        if issubclass(schema, InputPort):
            port = port_of(schema)
            ports.append(PinnedPort(name, schema, port, offer(world, port.product, reader, port.major)))
        else:
            sources.append(_source(world, name, schema))
    found = {f"{r.product}.{r.column}": r for r in _references(spec.columns if spec else ())}
    own = spec.id if spec else ""
    references = {k: (r, offer(world, r.product, reader, r.version)) for k, r in found.items() if r.product != own}
    return Inputs(tuple(ports), tuple(sources), references, _token_key(world, ports))


def _token_key(world: World, ports: Iterable[PinnedPort]) -> str:
    masked = (p for p in ports if isinstance(p.offer, Offer) and "token" in asked_levels(p.port).values())
    return world.keys.key("")[0] if any(masked) else ""


def offer(world: World, product: str, reader: Principal, major: int | None = None) -> Found:
    """Find a published product: in this workspace, in the environment it reads from, or through the catalog.

    Raises `UnknownProduct`, `UnknownMajor` or, for one of this workspace, `WrongMajor`.
    """
    base = product.removesuffix(REJECTED)
    if base in world.specs:
        promise(world, base, reader, major)
        return _own(world, product, world.specs[base])
    return registered(world, product, reader, major)


def registered(world: World, product: str, reader: Principal, major: int | None = None) -> Found:
    """Find a published product as the catalog knows it.

    A catalog service hands over rows of other workspaces through its gateway alone. Where this process opens the
    catalog's file itself, it opens the table too.
    """
    base = product.removesuffix(REJECTED)
    gateway = world.gateway(reader)
    if gateway is not None:
        return elsewhere(world.registry(reader), gateway, product, major, world.workspace.settings.mesh.name)
    entry = world.held(reader, base, major)
    if entry is None:
        if major is not None and (newest := world.held(reader, base)) is not None:
            raise UnknownMajor(base, major, f"the newest is {newest.spec.major}")
        raise UnknownProduct(product, world.specs, "workspace and catalog")
    store = world.store_of(entry.table)
    version = store.version(entry.table)
    if version is None:
        raise NotPublished(product, entry.spec.owner)
    return Offer(entry.spec, entry.table, version, store, entry.policies)


def elsewhere(
    registry: Registry, gateway: Gateway, product: str, major: int | None = None, mesh: str = "mesh"
) -> Remote:
    """Find a product in a catalog, to be read through its gateway."""
    base = product.removesuffix(REJECTED)
    entry = registry.find(base, major)
    if entry is None:
        if major is not None and (newest := registry.find(base)) is not None:
            raise UnknownMajor(base, major, f"the newest is {newest.spec.major}")
        raise UnknownProduct(product, [each.spec.id for each in registry.products()], "catalog")
    if entry.delta_version is None:
        raise NotPublished(product, entry.spec.owner)
    spec = rejected_spec(entry.spec) if product.endswith(REJECTED) else entry.spec
    return Remote(product, spec, entry.delta_version, mesh, gateway, registry.releases)


def promise(world: World, product: str, reader: Principal, major: int | None = None) -> Spec:
    """Find what a product promises, built or not: in this workspace, or through the catalog."""
    base = product.removesuffix(REJECTED)
    if base in world.specs:
        spec = world.specs[base]
        if major is not None and major != spec.major:
            raise WrongMajor(product, major, spec.major)
    else:
        entry = world.registry(reader).find(base, major)
        if entry is None:
            raise UnknownProduct(product, world.specs, "workspace and catalog")
        spec = entry.spec
    return rejected_spec(spec) if product.endswith(REJECTED) else spec


def _own(world: World, product: str, spec: Spec) -> Offer:
    rejected = product.endswith(REJECTED)
    for store in (world.store, world.shared_store):
        if store is not None:
            table = store.place(spec.id, spec.major, rejected=rejected)
            version = store.version(table)
            if version is not None:
                if not rejected:
                    return Offer(spec, table, version, store)
                return Offer(rejected_spec(spec), table, version, store, None, store.place(spec.id, spec.major))
    raise NotPublished(product, spec.owner)


def located(world: World, name: str, schema: type[Schema]) -> PinnedSource:
    """Find where a source is, without looking at what is there; raise `UnknownSource`."""
    meta = schema.__mesh__
    known = world.workspace.here.sources
    if meta.id not in known:
        raise UnknownSource(meta.id, known, world.workspace.env)
    given = known[meta.id]
    where = tuple(world.workspace.place(g) for g in ((given,) if isinstance(given, str) else given))
    return PinnedSource(name, meta.id, where, meta.columns, meta.format, "")


def _source(world: World, name: str, schema: type[Schema]) -> PinnedSource:
    found = located(world, name, schema)
    require_no_product(world, found.id, world.sources.files(found.where, found.id, found.format))
    return replace(found, content_hash=world.sources.fingerprint(found.where, found.id, found.format))


def _references(columns: tuple[ColumnSpec, ...]) -> Iterator[Reference]:
    for column in columns:
        if column.references:
            yield column.references
        if isinstance(column.type, ListType):
            yield from _references((column.type.items,))
        elif isinstance(column.type, StructType):
            yield from _references(column.type.fields)


def parameters(product: AnyProduct, given: Mapping[str, Any]) -> dict[str, Any]:
    """Put the given parameters over the defaults; an unknown one is an error."""
    defaults = product.parameters
    for name in given:
        if name not in defaults:
            raise UnknownParameter(product.id, name, defaults)
    return {**defaults, **given}
