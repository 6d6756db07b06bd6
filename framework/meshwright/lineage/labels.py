"""Labels follow data: what a contract must declare, given what its columns are made of."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from meshwright.errors import LabelDropped
from meshwright.lineage.dependencies import IDENTITY, ColumnLineage, Kind, Origin
from meshwright.spec import PortSpec, SourceSpec, Spec, column_classes

InputSpec = PortSpec | SourceSpec | Spec
"""What an input declares; the columns' classes count."""


@dataclass(frozen=True, slots=True)
class LabelFinding:
    """A class that reaches a column which does not declare it."""

    product: str
    column: str
    origin: str
    label: str
    copied: bool
    """The very values reach the column; otherwise something made of them does, or may."""

    @property
    def path(self) -> str:
        """Draw the way that the class came: `supply_chain.contacts.mail <- sales.customers.email`."""
        return f"{self.product}.{self.column} <- {self.origin}"

    @property
    def problem(self) -> str:
        """Say what is wrong."""
        return f"{self.label} {'is copied' if self.copied else 'flows'} here undeclared: {self.path}"

    @property
    def hint(self) -> str:
        """Say what to do."""
        mark = (
            f'Pii("{self.label.removeprefix("pii.")}")' if self.label.startswith("pii.") else f'Class("{self.label}")'
        )
        return f"declare {mark} on {self.column}, or make the column without {self.origin}"

    def __str__(self) -> str:
        return f"{self.product}.{self.column}: {self.problem} ({self.hint})"


def label_findings(spec: Spec, lineage: ColumnLineage, inputs: Mapping[str, InputSpec]) -> tuple[LabelFinding, ...]:
    """Find the classes that a contract's columns carry and do not declare, column by column.

    A class counts when values of its column stand in the output, changed or not, and when the engine reads it nobody
    knows how; a count of them does not. Declaring a class covers the classes below it.
    """
    return tuple(
        finding
        for column in spec.columns
        for finding in _missing(spec, column.name, lineage, inputs)
        if not covers(column_classes(column), finding.label)
    )


def require_labels(findings: tuple[LabelFinding, ...]) -> None:
    """Raise `LabelDropped` when a class is lost on values that the transform copies or renames."""
    copied = [f for f in findings if f.copied]
    if copied:
        raise LabelDropped(copied[0].product, tuple(dict.fromkeys(f.path for f in copied)), {f.label for f in copied})


def covers(declared: frozenset[str], label: str) -> bool:
    """Tell whether one of the declared classes is the class or an ancestor of it in the tree."""
    return any(label == d or label.startswith(f"{d}.") for d in declared)


def _missing(
    spec: Spec, column: str, lineage: ColumnLineage, inputs: Mapping[str, InputSpec]
) -> Iterator[LabelFinding]:
    for origin, kinds in sorted(lineage.columns.get(column, {}).items()):
        if _carries(kinds):
            name, classes = _declared(inputs[origin.input], origin)
            for label in sorted(classes):
                yield LabelFinding(spec.id, column, f"{name}.{origin.column}", label, IDENTITY in kinds)


def _carries(kinds: frozenset[Kind]) -> bool:
    return not kinds or any(k.type == "DIRECT" and not k.masking for k in kinds)


def _declared(given: InputSpec, origin: Origin) -> tuple[str, frozenset[str]]:
    name = given.product if isinstance(given, PortSpec) else given.name if isinstance(given, SourceSpec) else given.id
    column = next((c for c in given.columns if c.name == origin.column), None)
    return name, column_classes(column) if column else frozenset()
