"""Tell lineage and the catalog what a build did; neither can undo or stop it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from meshwright.errors import CatalogUnavailable, ForeignDomain, PolicyRejected
from meshwright.events import InputFacts
from meshwright.io.secret_files import own_folder
from meshwright.mesh.inputs import Inputs, PinnedSource
from meshwright.mesh.settling import settle
from meshwright.mesh.world import AnyProduct, World
from meshwright.ports import SourceRows
from meshwright.publish import READER, live_parts
from meshwright.registry import Receipt
from meshwright.spec import Registration

PENDING = "pending"


def input_facts(inputs: Inputs) -> dict[str, InputFacts]:
    """State what a run reads, for its events."""
    ports = {
        p.name: InputFacts(
            id=p.port.product, kind="product", place=p.offer.place, columns=p.port.columns, version=p.offer.version
        )
        for p in inputs.ports
    }
    return ports | {s.name: source_facts(s) for s in inputs.sources}


def source_facts(source: PinnedSource, read: SourceRows | None = None) -> InputFacts:
    """State what a run reads of a source and, once it is read, how many rows that were."""
    place, *others = source.where
    return InputFacts(
        id=source.id,
        kind="source",
        place=place,
        others=tuple(others),
        columns=source.columns,
        part=getattr(source.format, "table", "") or getattr(source.format, "sheet", "") or "",
        format=type(source.format).__name__.lower(),
        rows=None if read is None else read.rows_read,
        rejected=None if read is None else read.rejected.height,
    )


@dataclass(frozen=True, slots=True)
class Live:
    """The live version of a product's table: the run that made it, and its rows where they are known.

    Of a product that was never built there is no version.
    """

    version: int | None
    run_id: str
    rows: int | None


def live_of(version: int, stamp: Mapping[str, str]) -> Live:
    """Read from a commit's stamp which run made the live version."""
    return Live(version, stamp.get("run_id", ""), int(stamp["rows"]) if "rows" in stamp else None)


def register(world: World, product: AnyProduct, live: Live) -> Receipt | None:
    """Enter a product's contract, policies and place into the catalog; None: it is out of reach, and the entry kept."""
    registration = registration_of(world, product, live)
    try:
        # also when nothing differs from what decides: policies that still wait are taken back by it
        return world.registry(world.policies.principals.find(product.id, "service")).register(registration)
    except CatalogUnavailable:
        _keep(world, registration)
        return None


def registration_of(world: World, product: AnyProduct, live: Live) -> Registration:
    """Put together what the catalog is handed."""
    spec = product.spec
    return Registration(
        spec=spec,
        table=world.store.place(spec.id, spec.major),
        delta_version=live.version,
        policies=world.policy_texts.products.get(spec.id, ""),
        policy_tests=world.policy_texts.tests.get(spec.id, ""),
        run_id=live.run_id,
        rows=live.rows,
        model=spec.id in world.models,
    )


def deliver_pending(world: World) -> None:
    """Register and tell what an earlier command could not, also how it ended, for as long as somebody answers."""
    settle(world)
    if any(world.recorder.waiting().values()):
        world.recorder.retry()
    for file in pending(world):
        registration = Registration.model_validate_json(file.read_bytes())
        service = world.policies.principals.find(registration.spec.id, "service")
        registry = world.registry(service)
        try:
            if _read_by(world, registration) in ("", registry.publisher(registration.spec.id).principal):
                registry.register(registration)
        except CatalogUnavailable:
            return
        except ForeignDomain:
            continue  # it waits for a token of its domain; the product's next build says so
        except PolicyRejected:
            pass  # the product's next build says why, and enters it anew
        file.unlink(missing_ok=True)


def _read_by(world: World, registration: Registration) -> str:
    """Name by whose rights the inputs of a version came through a gateway: nobody else answers for it."""
    if world.store.version(registration.table) is None:
        return ""
    return live_parts(world.store.stamp(registration.table, registration.delta_version)).get(READER, "")


def pending(world: World) -> list[Path]:
    """List the entries that wait for the catalog."""
    return sorted(_pending(world).glob("*.json"))


def _pending(world: World) -> Path:
    """Where entries wait: each environment has a catalog of its own."""
    return world.workspace.state / PENDING / world.workspace.env


def _keep(world: World, registration: Registration) -> None:
    folder = _pending(world)
    own_folder(folder)
    text = json.dumps(registration.model_dump(mode="json"))
    (folder / f"{registration.spec.id}.json").write_text(text, encoding="utf-8")
