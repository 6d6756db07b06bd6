"""What to build, in which order, and what a build would do."""

from collections.abc import Iterable, Iterator, Sequence

from meshwright.errors import MeshError, UnknownProduct
from meshwright.graph import dependencies, order, upstream
from meshwright.mesh.grading import graded
from meshwright.mesh.inputs import parameters, resolve
from meshwright.mesh.keying import made_of
from meshwright.mesh.publisher import publisher
from meshwright.mesh.reports import PlanStep
from meshwright.mesh.world import World
from meshwright.publish import build_key, changed_parts, key_parts, live_parts, running_versions


def in_order(world: World, wanted: Iterable[str] | None, *, only: bool = False) -> tuple[str, ...]:
    """Sort the wanted products, and unless `only` what they read, so that each comes after its inputs."""
    names = list(wanted) if wanted is not None else list(world.specs)
    for name in names:
        if name not in world.specs:
            raise UnknownProduct(name, world.specs)
    needed = set(names)
    if not only:
        for name in names:
            needed |= set(upstream(world.specs, name))
    return tuple(name for name in order(world.specs, _elsewhere(world)) if name in needed)


def needs(world: World, product: str) -> frozenset[str]:
    """Name the products that one product reads directly."""
    return dependencies(world.specs[product])


def plan(world: World, wanted: Sequence[str] | None) -> Iterator[PlanStep]:
    """Tell for each product whether a build would do anything, and why."""
    changed: set[str] = set()
    for name in in_order(world, wanted):
        step = _step(world, name, changed)
        if step.action != "up to date":
            changed.add(name)
        yield step


def _step(world: World, name: str, changed: set[str]) -> PlanStep:
    product = world.products[name]
    stale = sorted(changed & set(upstream(world.specs, name)))
    if stale:
        return PlanStep(product=name, action="build", reason=f"after {', '.join(stale)}")
    table = world.store.place(name, product.spec.major)
    if (live := world.store.version(table)) is None:
        return PlanStep(product=name, action="build", reason="never built here")
    try:
        whose = publisher(world, product)
        service = world.policies.principals.find(name, "service")
        inputs = resolve(world, product, service, product.spec)
        come = graded(world, inputs, service, product.purpose)
        made = made_of(product, inputs, come, parameters(product, {}), whose)
    except MeshError as error:
        return PlanStep(product=name, action="unknown", reason=error.problem)
    pins = {p.port.product: p.offer.version for p in inputs.ports}
    if world.store.missing_files(table):
        return PlanStep(product=name, action="build", reason="files of its table are missing", inputs=pins)
    stamp = world.store.stamp(table, live)
    if not stamp:
        reason = f"version {live} was written by someone else: a build stops, mesh build --adopt goes over it"
        return PlanStep(product=name, action="unknown", reason=reason, inputs=pins)
    if stamp.get("build_key") == build_key(made):
        return PlanStep(product=name, action="up to date", reason=f"version {live}", inputs=pins)
    before = live_parts(stamp)
    changed_here = changed_parts(before, key_parts(made, inputs.names(), running_versions())) if before else ()
    reason = f"changed: {', '.join(changed_here or ('inputs, sources, code or versions',))}"
    return PlanStep(product=name, action="build", reason=reason, inputs=pins, changed=changed_here)


def _elsewhere(world: World) -> set[str]:
    """Name the products of other workspaces that ports of this one read; the catalog says whether they exist."""
    own = {name.partition(".")[0] for name in world.specs} | set(world.domains)
    ports = {p.product.removesuffix("__rejected") for s in world.specs.values() for p in s.ports}
    references = {c.references.product for s in world.specs.values() for c in s.columns if c.references}
    return {name for name in ports | references if name.partition(".")[0] not in own}
