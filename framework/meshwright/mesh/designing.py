"""Tell the catalog what products are made from by their code, before any of them is built."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

from meshwright.errors import CatalogUnavailable, MeshError
from meshwright.events import InputFacts, RunFacts, designed
from meshwright.io.secret_files import own_folder
from meshwright.mesh.inputs import located, parameters, promise
from meshwright.mesh.labelling import as_granted
from meshwright.mesh.locating import code_of
from meshwright.mesh.recording import Live, registration_of, source_facts
from meshwright.mesh.tracing import trace
from meshwright.mesh.world import AnyProduct, World
from meshwright.ports import Event
from meshwright.publish import running_versions
from meshwright.rejected import SUFFIX as REJECTED
from meshwright.schema import InputPort, Source, port_of
from meshwright.spec import PortSpec


def tell(world: World) -> list[str]:
    """Tell of each product whose design differs from what was told last; return their names.

    A product that the catalog does not know yet is entered, without a version. One that cannot be traced or whose
    inputs nobody knows is passed by: `mesh check` says why. Out of reach, the catalog is told by the next call.
    """
    before, told = _told(world), list[str]()
    now = dict(before)
    for name, product in world.products.items():
        try:
            event = _event(world, product)
            digest = _digest(event)
            if before.get(name) == digest:
                continue
            _enter(world, product)
        except CatalogUnavailable:
            break
        except MeshError:
            continue
        world.recorder.record(event)
        now[name] = digest
        told.append(name)
    if now != before:
        _keep(world, now)
    return told


def _event(world: World, product: AnyProduct) -> Event:
    spec = product.spec
    service = world.policies.principals.find(spec.id, "service")
    lineage = trace(product, parameters(product, {}))
    ports = {n: port_of(s) for n, s in product.inputs.items() if issubclass(s, InputPort)}
    promises = {n: promise(world, port.product, service, port.major) for n, port in ports.items()}
    facts = RunFacts(
        mesh=world.workspace.settings.mesh.name,
        spec=spec,
        place=world.store.place(spec.id, spec.major),
        run_id="",
        started_at=world.clock(),
        inputs={n: _port(world, port) for n, port in ports.items()} | _sources(world, product),
        versions=running_versions(),
        lineage=as_granted(world, product, lineage, promises),
        code=code_of(product.transform),
        model=spec.id in world.models,
    )
    return designed(facts)


def _port(world: World, port: PortSpec) -> InputFacts:
    """Name a product by the table that a build would read; of another workspace by its logical name."""
    base, rejected = port.product.removesuffix(REJECTED), port.product.endswith(REJECTED)
    place = f"mesh://{world.workspace.settings.mesh.name}/{base}"
    if base in world.specs:
        major = world.specs[base].major
        stores = [store for store in (world.store, world.shared_store) if store is not None]
        places = [store.place(base, major, rejected=rejected) for store in stores]
        built = (p for store, p in zip(stores, places, strict=True) if store.version(p) is not None)
        place = next(built, places[0])
    return InputFacts(id=port.product, kind="product", place=place, columns=port.columns)


def _sources(world: World, product: AnyProduct) -> dict[str, InputFacts]:
    sources = {n: schema for n, schema in product.inputs.items() if issubclass(schema, Source)}
    return {n: source_facts(located(world, n, schema)) for n, schema in sources.items()}


def _enter(world: World, product: AnyProduct) -> None:
    """Enter a product that the catalog does not know, so that lineage has a place for it."""
    spec = product.spec
    registry = world.registry(world.policies.principals.find(spec.id, "service"))
    if registry.find(spec.id, spec.major) is None:
        registry.register(registration_of(world, product, Live(None, "", None)))


def _digest(event: Event) -> str:
    told = {key: value for key, value in event.items() if key != "eventTime"}
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def _file(world: World) -> Path:
    return world.workspace.state / "designed" / f"{world.workspace.env}.json"


def _told(world: World) -> Mapping[str, str]:
    try:
        found: dict[str, str] = json.loads(_file(world).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found


def _keep(world: World, digests: Mapping[str, str]) -> None:
    file = _file(world)
    own_folder(file.parent)
    part = file.with_suffix(".part")
    part.write_text(json.dumps(digests, sort_keys=True), encoding="utf-8")
    part.replace(file)
