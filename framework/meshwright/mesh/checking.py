"""Everything that can be found wrong without building."""

from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial

from meshwright.access import Finding, Principals, lint, policy_file
from meshwright.access.exposing import newly_clear
from meshwright.access.fit import port_problems
from meshwright.access.grants.roles import is_owner
from meshwright.errors import MeshError, SourceError, SourceIsProduct, UnknownSource, nearest
from meshwright.lineage.waivers import waiver_file
from meshwright.mesh import allowing, contracts, labelling, listing, planning, suggesting
from meshwright.mesh.inputs import located, parameters, promise
from meshwright.mesh.own_tables import require_no_product
from meshwright.mesh.tracing import trace
from meshwright.mesh.world import World
from meshwright.schema import InputPort, Source, port_of


def check(world: World, base: str | None, *, pii: bool = False) -> Iterator[Finding]:
    """Check contracts, dependencies, ports, policies, labels and, with a revision, what changed since."""
    steps: list[Callable[[World], Iterator[Finding]]] = [
        _dependencies,
        _ports,
        _sources,
        _policies,
        _labels,
        listing.check,
        _dismissals,
        contracts.drift,
    ]
    if pii:
        steps.append(suggesting.check)
    told: set[Finding] = set()  # what stops several of them alike is told once
    for step in steps:
        for finding in survive(step, world):
            if finding not in told:
                yield finding
            told.add(finding)
    if base is not None:
        yield from contracts.broken(world, base)


def survive(step: Callable[[World], Iterator[Finding]], world: World) -> Iterator[Finding]:
    """Turn what stops one check into a finding, so that the others still run."""
    try:
        yield from step(world)
    except MeshError as error:
        yield Finding(error.where, error.problem, error.hint)


def _dependencies(world: World) -> Iterator[Finding]:
    planning.in_order(world, None)
    yield from ()


def _ports(world: World) -> Iterator[Finding]:
    for name, spec in world.specs.items():
        for port in spec.ports:
            try:
                published = promise(world, port.product, world.policies.principals.find(name, "service"), port.major)
            except MeshError as error:
                yield Finding(f"{name}, port {port.product}", error.problem, error.hint)
                continue
            for problem in port_problems(port, published):
                yield Finding(f"{name}, port {port.product}", problem)


def _sources(world: World) -> Iterator[Finding]:
    for name, product in world.products.items():
        for schema in product.inputs.values():
            if issubclass(schema, Source):
                yield from survive(partial(_source, name, schema), world)


def _source(product: str, schema: type[Source], world: World) -> Iterator[Finding]:
    """Report a source that lies in a product's table; where nothing is delivered yet there is nothing to find."""
    try:
        found = located(world, "", schema)
        files = world.sources.files(found.where, found.id, found.format)
    except (SourceError, UnknownSource):
        return
    try:
        require_no_product(world, found.id, files)
    except SourceIsProduct as error:
        yield Finding(f"{product}, {error.where}", error.problem, error.hint)


def _policies(world: World) -> Iterator[Finding]:
    yield from lint(world.policies, world.specs.values())
    for name in world.specs:
        if not world.policy_texts.products.get(name, "").strip():
            yield Finding(policy_file(name), "is missing: nobody outside of the domain may find it", "", "warning")
    yield from _nobody_protects(world)
    yield from _cannot_approve(world)
    yield from _nobody_elses(world.policies.principals)
    failed, _ = allowing.run_tests(world)
    yield from failed


def _nobody_protects(world: World) -> Iterator[Finding]:
    """Say that clear personal data is granted without anybody who could be asked."""
    texts, policies = world.policy_texts.products, world.policies
    if policies.principals.data_protection:
        return
    shown = [n for n, spec in sorted(world.specs.items()) if newly_clear("", texts.get(n, ""), spec, policies)]
    if shown:
        problem = f"names no data protection, and personal data is shown in the clear: {', '.join(shown)}"
        hint = 'write data_protection = ["TEAM"] above its tables; what is new then waits for that team'
        yield Finding("policies/principals.toml", problem, hint, "warning")


def _nobody_elses(principals: Principals) -> Iterator[Finding]:
    """Find a `person` that ties a name to no other, so that who has both approves for themselves; and names of two."""
    for name in sorted(principals.users.keys() & principals.services.keys()):
        hint = "give one of them another name: a token is made for either by it"
        yield Finding("policies/principals.toml", f"a user and a service are called {name!r}", hint)
    tied = Counter(principals.person(name) for name in principals.users)
    for name, user in sorted(principals.users.items()):
        if user.person and tied[principals.person(name)] < 2:
            problem = f"user {name!r}: person {user.person!r} is no other name{nearest(user.person, principals.users)}"
            hint = "write another user's name, or the same word for both, and nothing for who has one name"
            yield Finding("policies/principals.toml", problem, hint)


def _cannot_approve(world: World) -> Iterator[Finding]:
    """Name teams and people of data protection who own products, and so approve no policies of those."""
    principals = world.policies.principals
    for name, spec in sorted(world.specs.items()):
        if spec.owner in principals.data_protection:
            problem = f"its owner {spec.owner} is a team of data protection, which cannot approve its policies"
            hint = (
                "let another team own it, or have another team of data protection; what is built so counts later, too"
            )
            yield Finding(name, problem, hint, "warning")
    for name, user in sorted(principals.users.items()):
        if principals.protects_data(user):
            others = [s for _, s in sorted(world.specs.items()) if s.owner not in principals.data_protection]
            owned = [spec.id for spec in others if is_owner(user, spec, principals)]
            if owned:
                more = f" and {len(owned) - 1} more" if owned[1:] else ""
                problem = f"{name} is of data protection and of the owning team or domain of {owned[0]}{more}"
                hint = "and so cannot approve their policies; somebody else of data protection has to"
                yield Finding("policies/principals.toml", problem, hint, "warning")


def _labels(world: World) -> Iterator[Finding]:
    for name, product in world.products.items():
        service = world.policies.principals.find(name, "service")
        try:
            ports = {n: port_of(s) for n, s in product.inputs.items() if issubclass(s, InputPort)}
            promises = {n: promise(world, p.product, service, p.major) for n, p in ports.items()}
            found = labelling.report(world, product, trace(product, parameters(product, {})), promises)
        except MeshError as error:
            yield Finding(error.where, error.problem, error.hint)
            continue
        yield from found
    for name in sorted(set(world.policy_texts.waivers) - set(world.products)):
        yield Finding(waiver_file(name), f"no product {name!r}{nearest(name, world.products)}")


def _dismissals(world: World) -> Iterator[Finding]:
    for name in world.products:
        yield from survive(partial(suggesting.void, product=name), world)
