"""Which classes a product's columns carry, and which of them nobody declared or waived."""

from collections.abc import Mapping
from dataclasses import replace

from meshwright.access import Finding
from meshwright.lineage import ColumnLineage, LabelFinding, label_findings, require_labels
from meshwright.lineage.dependencies import TRANSFORMATION, Kind, Origin, then
from meshwright.lineage.labels import TOKENISE, InputSpec
from meshwright.lineage.waivers import Waiver, parse_waivers, unwaived, waiver_findings
from meshwright.mesh.world import AnyProduct, World
from meshwright.products import Consumer
from meshwright.schema import InputPort, Source, port_of, source_of
from meshwright.spec import ColumnSpec, PortSpec, Spec, column_classes

Promises = Mapping[str, Spec]
"""What the ports' products promise, by the transform's parameter."""


def require(world: World, product: AnyProduct, lineage: ColumnLineage, promises: Promises) -> None:
    """Raise `LabelDropped` for the classes that arrive undeclared and that no waiver in force lets through."""
    found = _findings(world, product, lineage, promises)
    if found:
        require_labels(unwaived(found, _waivers(world, product.id), world.policies.principals, world.clock().date()))


def report(world: World, product: AnyProduct, lineage: ColumnLineage, promises: Promises) -> tuple[Finding, ...]:
    """Report those classes, and the waivers that count for nothing."""
    found, waivers = _findings(world, product, lineage, promises), _waivers(world, product.id)
    people, today = world.policies.principals, world.clock().date()
    left = unwaived(found, waivers, people, today)
    constants = [_brought(product.id, lineage.constants)] if lineage.constants else []
    flows = [Finding(f"{f.product}.{f.column}", f.problem, f.hint) for f in left]
    return (*flows, *constants, *waiver_findings(found, waivers, people, today))


def _brought(product: str, columns: tuple[str, ...]) -> Finding:
    problem = f"brings rows along that come from no input: {', '.join(columns)}"
    hint = "a small table may stand in the code; what was read from a file or a product is an input"
    return Finding(product, problem, hint, "warning")


def as_granted(
    world: World, product: AnyProduct | Consumer[...], lineage: ColumnLineage, promises: Promises
) -> ColumnLineage:
    """Add to a lineage what happens on the way in: a port's `Level` makes tokens or coarse values of them."""
    made = {
        Origin(name, column.name): kind
        for name, schema in product.inputs.items()
        if issubclass(schema, InputPort)
        for column in port_of(schema).columns
        if (kind := _granted(column, promises[name], world)) is not None
    }
    return _passed(lineage, made)


def _passed(lineage: ColumnLineage, made: Mapping[Origin, Kind]) -> ColumnLineage:
    columns = {
        column: {o: frozenset(then(made[o], k) for k in kinds) if o in made else kinds for o, kinds in found.items()}
        for column, found in lineage.columns.items()
    }
    nested = {column: _passed(inner, made) for column, inner in lineage.nested.items()}
    return replace(lineage, columns=columns, nested=nested)


def _findings(
    world: World, product: AnyProduct, lineage: ColumnLineage, promises: Promises
) -> tuple[LabelFinding, ...]:
    granted = as_granted(world, product, lineage, promises)
    return label_findings(product.spec, granted, _declared(product, promises), world.policies.classes)


def _waivers(world: World, product: str) -> tuple[Waiver, ...]:
    return parse_waivers(world.policy_texts.waivers.get(product, ""), product)


def _granted(column: ColumnSpec, promised: Spec, world: World) -> Kind | None:
    found = promised.column(column.name)
    classes = column_classes(found) if found else frozenset[str]()
    if not classes or column.level not in ("token", "coarse"):
        return None
    coarse = f"coarse {world.policies.classes.mask(classes).coarse}"
    return TRANSFORMATION._replace(masking=True, description=TOKENISE if column.level == "token" else coarse)


def _declared(product: AnyProduct, promises: Promises) -> dict[str, InputSpec]:
    """State what each input declares; a port's columns have the classes of what is promised."""
    given: dict[str, InputSpec] = {}
    for name, schema in product.inputs.items():
        if issubclass(schema, Source):
            given[name] = source_of(schema)
        elif issubclass(schema, InputPort):
            given[name] = _classified(port_of(schema), promises[name])
    return given


def _classified(port: PortSpec, promised: Spec) -> PortSpec:
    read = {c.name for c in port.columns}
    return port.model_copy(update={"columns": tuple(c for c in promised.columns if c.name in read)})
