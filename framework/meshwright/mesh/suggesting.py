"""Personal data that a contract does not declare and nobody dismissed: a finding, and what stops a build."""

from collections.abc import Iterator, Sequence

import polars as pl

from meshwright.access import Finding, leaves
from meshwright.errors import PersonalDataUndeclared, nearest
from meshwright.lineage.waivers import parse_waivers, waiver_file
from meshwright.mesh.world import World
from meshwright.names import with_parents
from meshwright.personal import Suggestion, suggest
from meshwright.personal.dismissals import Dismissal, parse_dismissals
from meshwright.personal.kinds import KINDS
from meshwright.publish.sampling import sample
from meshwright.spec import Spec


def require(world: World, spec: Spec, rows: pl.DataFrame) -> None:
    """Raise `PersonalDataUndeclared` for what a sample of the rows shows beyond doubt."""
    found = [s for s in _unreviewed(world, spec, rows) if s.certain]
    if found:
        told = [(s.column, s.name, s.evidence) for s in found]
        raise PersonalDataUndeclared(spec.id, told, waiver_file(spec.id))


def void(world: World, product: str) -> Iterator[Finding]:
    """Report the dismissals of a product that count for nothing, or are of what it does not have."""
    today, people = world.clock().date(), world.policies.principals
    columns = {leaf.path for leaf in leaves(world.specs[product].columns)}
    classes = {above for kind in KINDS for above in with_parents(kind.name)}
    for each in _dismissals(world, product):
        if why := each.void(people, today):
            yield Finding(each.where, why, "have it reviewed anew, or remove it")
        if each.column not in columns:
            yield Finding(each.where, f"{product} has no column {each.column!r}{nearest(each.column, columns)}")
        if each.label not in classes:
            yield Finding(each.where, f"no class {each.label!r} is ever suggested{nearest(each.label, classes)}")


def check(world: World) -> Iterator[Finding]:
    """Report it for every published table."""
    for name, product in world.products.items():
        place = world.store.place(name, product.spec.major)
        if world.store.version(place) is None:
            continue
        for s in _unreviewed(world, product.spec, sample(world.store.scan(place), world.engine)):
            problem = f"looks like {s.name}, which its contract does not declare: {s.evidence}"
            hint = f"declare the class, or dismiss it with a reason in {waiver_file(name)}"
            yield Finding(f"{name}.{s.column}", problem, hint, "error" if s.certain else "warning")


def _unreviewed(world: World, spec: Spec, rows: pl.DataFrame) -> Sequence[Suggestion]:
    """Leave out what is declared, what was dismissed, and classes whose way here was waived."""
    judged = rows.select([c.name for c in spec.columns if c.name in rows.columns])
    people, today = world.policies.principals, world.clock().date()
    personal = {leaf.path for leaf in leaves(spec.columns) if any(c.split(".")[0] == "pii" for c in leaf.classes)}
    waivers = parse_waivers(world.policy_texts.waivers.get(spec.id, ""), spec.id)
    waived = {(each.column, each.label) for each in waivers if not each.void(people, today)}
    dismissed = {(d.column, d.label) for d in _dismissals(world, spec.id) if not d.void(people, today)}
    # a column that holds none of a class holds none of those below it
    found = (s for s in suggest(judged) if s.column not in personal and (s.column, s.name) not in waived)
    return [s for s in found if dismissed.isdisjoint((s.column, above) for above in with_parents(s.name))]


def _dismissals(world: World, product: str) -> tuple[Dismissal, ...]:
    return parse_dismissals(world.policy_texts.waivers.get(product, ""), waiver_file(product))
