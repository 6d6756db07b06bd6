"""Values of personal columns that a contract lists: they stand in its file, where no policy keeps them from anybody."""

from collections.abc import Iterator

from meshwright.access import Finding
from meshwright.mesh.world import World
from meshwright.personal import alternatives, may_be_personal
from meshwright.spec import ColumnSpec, ListType, StructType


def check(world: World) -> Iterator[Finding]:
    """Report every such column of the contracts here.

    An error, for a contract is committed, published and kept: who is named there can be neither hidden nor erased.
    """
    for name, spec in world.specs.items():
        for column in spec.columns:
            yield from _of(column, f"{name}.{column.name}", ())


def _of(column: ColumnSpec, where: str, above: tuple[str, ...]) -> Iterator[Finding]:
    classes = (*above, *column.classes)
    if any(name == "pii" or name.startswith("pii.") for name in classes):
        listed = _listed(column)
        if count := sum(may_be_personal(value, classes) for value in listed):
            problem = f"its contract lists values of {' and '.join(sorted(classes))}: {count} of {len(listed)}"
            hint = "a contract is read by everybody and kept for good; type the column as str, without them"
            yield Finding(where, problem, hint)
    if isinstance(column.type, ListType):
        yield from _of(column.type.items, where, classes)
    elif isinstance(column.type, StructType):
        for field in column.type.fields:
            yield from _of(field, f"{where}.{field.name}", classes)


def _listed(column: ColumnSpec) -> list[str]:
    limits = column.constraints
    return [*map(str, limits.values or ()), *alternatives(limits.pattern or "")]
