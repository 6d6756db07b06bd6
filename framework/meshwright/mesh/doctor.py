"""Whether what a workspace stands on is sound: tables, secrets, catalog and what waits to be delivered."""

from collections.abc import Callable, Iterator

from meshwright.access import Finding, lint
from meshwright.access.lint import blocking
from meshwright.errors import ForeignCommit, MeshError, MissingFiles, counted
from meshwright.mesh.checking import survive
from meshwright.mesh.recording import deliver_pending, pending
from meshwright.mesh.world import World
from meshwright.publish.heal import orphans
from meshwright.spec import Spec


def doctor(world: World) -> Iterator[Finding]:
    """Hand over what waits, then look at everything; files of builds that died are deleted by the next build."""
    steps: list[Callable[[World], Iterator[Finding]]] = [_domains, _rules, _secrets, _waiting, _tables, _catalog]
    for step in steps:
        yield from survive(step, world)


def _domains(world: World) -> Iterator[Finding]:
    for pattern in world.workspace.settings.mesh.domains:
        if not any(world.workspace.root.glob(f"{pattern}/pyproject.toml")):
            yield Finding("mesh.toml", f"no domain lies at {pattern!r}", "mesh new domain NAME", "warning")


def _rules(world: World) -> Iterator[Finding]:
    """Find policies that cannot be obeyed: what they are about is shown to nobody."""
    yield from (finding for finding in lint(world.policies, world.specs.values()) if finding.severity == "error")


def _secrets(world: World) -> Iterator[Finding]:
    world.keys.key("")  # raises what is wrong with them
    for path in world.workspace.exposed():
        yield Finding(str(path), "can be read by others", f"chmod go-rwx {path}", "warning")


def _waiting(world: World) -> Iterator[Finding]:
    deliver_pending(world)
    world.recorder.wait()
    for receiver, count in world.recorder.waiting().items():
        if count:
            yield Finding(
                "lineage",
                f"{counted(count, 'event')} for {receiver} not delivered",
                "they go with the next command that finds it, and lie in .mesh/outbox until then",
                "warning",
            )
    for receiver, count in world.recorder.refused().items():
        yield Finding(
            "lineage",
            f"{counted(count, 'event')} that {receiver} will never take",
            "look into .mesh/outbox and delete them there",
            "warning",
        )
    if left := pending(world):
        yield Finding(
            "catalog", f"{counted(len(left), 'product')} not registered yet", "is the catalog running?", "warning"
        )


def _tables(world: World) -> Iterator[Finding]:
    for name, spec in world.specs.items():
        try:
            yield from _table(world, name, spec)
        except MeshError as error:
            yield Finding(error.where, error.problem, error.hint)


def _table(world: World, name: str, spec: Spec) -> Iterator[Finding]:
    table = world.store.place(name, spec.major)
    version = world.store.version(table)
    if version is None:
        yield Finding(name, "was never built here", f"mesh build {name}", "warning")
        return
    if not world.store.stamp(table, version):
        raise ForeignCommit(table, version)
    if missing := world.store.missing_files(table):
        raise MissingFiles(table, missing)
    if left := orphans(world.store, table):
        yield Finding(
            name, f"{counted(len(left), 'file')} of builds that died", "the next build deletes them", "warning"
        )


def _catalog(world: World) -> Iterator[Finding]:
    """Compare the catalog with the tables: each product that is built stands there, at its live version."""
    for name, spec in world.specs.items():
        version = world.store.published(world.store.place(name, spec.major))
        if version is None or blocking(world.policies, spec):
            continue  # with policies that cannot be obeyed no catalog tells of it
        entry = world.registry(world.policies.principals.find(name, "service")).find(name, spec.major)
        if entry is None or entry.delta_version != version:
            told = "no version" if entry is None else f"version {entry.delta_version}"
            yield Finding(name, f"the catalog knows {told}, version {version} is live", f"mesh build {name}", "warning")
