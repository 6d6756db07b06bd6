"""Training sets: a consumer run on pinned versions under policy, and run again from its manifest."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import UUID

from meshwright.access import Principal
from meshwright.errors import DefinitionError, PinGone, StoreError, UnknownParameter, UnknownVersion
from meshwright.features import Manifest, Pin, TrainingSet, require_same, require_spine, training_set_of
from meshwright.mesh.admission import admit
from meshwright.mesh.inputs import Inputs, PinnedPort, resolve
from meshwright.mesh.training_told import facts_of, told
from meshwright.mesh.world import World
from meshwright.products import Consumer
from meshwright.publish import code_hash, running_versions
from meshwright.rejected import SUFFIX as REJECTED
from meshwright.schema import Schema


@dataclass(frozen=True, slots=True)
class Request:
    """Who asks for which consumer's rows, made with which parameters."""

    world: World
    consumer: Consumer[...]
    reader: Principal
    parameters: Mapping[str, Any]

    @property
    def name(self) -> str:
        """The consumer's name in its workspace, `domain.name`, or by its module when no domain lists it."""
        listed = (name for name, known in self.world.consumers.items() if known is self.consumer)
        return next(listed, f"{self.consumer.function.__module__}.{self.consumer.name}")


def training_set(
    world: World, consumer: Consumer[...], reader: Principal, given: Mapping[str, Any], run_id: UUID
) -> TrainingSet:
    """Pin the live version of every port, decide each, run the consumer, hash its rows, and tell lineage.

    Raises `AccessDenied` before any row is read, and `SpineBroken` when a join lost or doubled a row.
    """
    request = Request(world, consumer, reader, _parameters(consumer, given))
    return _made(request, _pinned(request), run_id)


def rebuild(world: World, manifest: Manifest, consumer: Consumer[...], reader: Principal, run_id: UUID) -> TrainingSet:
    """Read exactly the versions of a manifest and run the consumer again.

    Raises `PinGone` when a version is no longer there, and `TrainingSetDiffers` when other rows come out.
    """
    request = Request(world, consumer, reader, _parameters(consumer, manifest.parameters))
    live = _pinned(request)
    ports = tuple(_repinned(port, _pin(manifest, port.name)) for port in live.ports)
    try:
        return _made(request, replace(live, ports=ports), run_id, manifest)
    except UnknownVersion as error:  # of a product that is read through the gateway
        raise PinGone(error.where, error.version, error.problem) from None


def _made(request: Request, inputs: Inputs, run_id: UUID, manifest: Manifest | None = None) -> TrainingSet:
    """Run the consumer; what a domain lists is told to lineage, a function at hand is nobody's job."""

    def make() -> TrainingSet:
        made = _run(request, inputs)
        if manifest is not None:
            require_same(manifest, made.manifest)
        return made

    world, consumer = request.world, request.consumer
    if not any(known is consumer for known in world.consumers.values()):
        return make()
    return told(world, facts_of(world, consumer, inputs, request.parameters, run_id), make)


def _run(request: Request, inputs: Inputs) -> TrainingSet:
    consumer = request.consumer
    frames = admit(request.world, consumer, inputs, request.reader)
    keys = _spine_keys(consumer)
    wanted = [consumer.function(**{**frames, **request.parameters})]
    if keys:
        wanted.append(frames[consumer.spine].select(keys))
    rows, *spine = request.world.engine.collect(wanted)
    if keys:
        require_spine(request.name, spine[0], rows, keys)
    return training_set_of(rows, _manifest(request, inputs, keys))


def _manifest(request: Request, inputs: Inputs, keys: Sequence[str]) -> Manifest:
    return Manifest(
        consumer=request.name,
        reader=f"{request.reader.kind}:{request.reader.name}",
        purpose=request.consumer.purpose,
        pins=tuple(sorted(_pins(inputs), key=lambda pin: pin.input)),
        rows=0,
        columns=(),
        spine=tuple(keys),
        parameters=dict(request.parameters),
        code=_code(request.consumer),
        versions=running_versions(),
    )


def _pins(inputs: Inputs) -> Iterator[Pin]:
    for port in inputs.ports:
        offer = port.offer
        stamp = offer.stamp()
        yield Pin(
            input=port.name,
            product=port.port.product,
            contract_version=stamp.get("contract_version", offer.spec.version),
            contract_hash=stamp.get("contract_hash", offer.spec.digest()),
            delta_version=offer.version,
        )


def _pinned(request: Request) -> Inputs:
    inputs = resolve(request.world, request.consumer, request.reader)
    loose = [s.id for s in inputs.sources] + [p.port.product for p in inputs.ports if p.port.product.endswith(REJECTED)]
    if loose:
        raise DefinitionError(request.name, f"a training set cannot pin {loose[0]}", "read a published product")
    return inputs


def _pin(manifest: Manifest, name: str) -> Pin:
    pin = next((p for p in manifest.pins if p.input == name), None)
    if pin is None:
        raise DefinitionError(manifest.consumer, f"the manifest pins no input {name!r}", "make a new training set")
    return pin


def _repinned(port: PinnedPort, pin: Pin) -> PinnedPort:
    """Pin a port to a version whose log, contract and files are still those of the manifest."""
    if port.port.product != pin.product:
        raise DefinitionError(pin.input, f"reads {port.port.product}, the manifest {pin.product}")
    offer = port.offer.at(pin.delta_version)
    try:
        stamp = offer.stamp()
        missing = offer.missing()
    except StoreError as error:
        raise PinGone(pin.product, pin.delta_version, error.problem) from None
    if _is_another(stamp.get("contract_hash", ""), pin.contract_hash) or _is_another(
        stamp.get("contract_version", ""), pin.contract_version
    ):
        raise PinGone(pin.product, pin.delta_version, "another contract stands in its place")
    if missing:
        raise PinGone(pin.product, pin.delta_version, f"{missing} of its files are missing")
    return replace(port, offer=offer)


def _is_another(found: str, pinned: str) -> bool:
    """Hold two names of a contract against each other, where both are known: a catalog tells some only the version."""
    return bool(found and pinned) and found != pinned


def _spine_keys(consumer: Consumer[...]) -> tuple[str, ...]:
    if not consumer.spine:
        return ()
    schema: type[Schema] | None = consumer.inputs.get(consumer.spine)
    if schema is None:
        raise DefinitionError(consumer.name, f"has no input {consumer.spine!r} to be its spine")
    keys = tuple(c.name for c in schema.__mesh__.columns if c.key)
    if not keys:
        raise DefinitionError(f"{schema.__name__}", "is a spine without a Key", "mark the columns that tell rows apart")
    return keys


def _parameters(consumer: Consumer[...], given: Mapping[str, Any]) -> dict[str, Any]:
    defaults = consumer.parameters
    for name in given:
        if name not in defaults:
            raise UnknownParameter(consumer.name, name, defaults)
    found = {**defaults, **given}
    for name, value in found.items():
        if not isinstance(value, str | int | float | bool | None):
            kind = type(value).__name__
            raise DefinitionError(consumer.name, f"parameter {name!r} is a {kind}: JSON would change it")
    return found


def _code(consumer: Consumer[...]) -> str:
    """Hash the package that the consumer lives in; a function outside of any package has no code to hold on to."""
    module = sys.modules.get(consumer.function.__module__.partition(".")[0])
    file = getattr(module, "__file__", None)
    return code_hash(Path(file).parent) if file and hasattr(module, "__path__") else ""
