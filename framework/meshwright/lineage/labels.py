"""Labels follow data: what a contract must declare, given what its columns are made of."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, partial

from meshwright.access.leaves import Leaf, has_fields, leaves
from meshwright.access.taxonomy import Classes
from meshwright.errors import LabelDropped
from meshwright.lineage.dependencies import IDENTITY, THEN, ColumnLineage, Kind, Origin, Parts, Steps
from meshwright.spec import ColumnSpec, ListType, PortSpec, SourceSpec, Spec, StructType, column_classes

InputSpec = PortSpec | SourceSpec | Spec
"""What an input declares; the columns' classes count."""

PSEUDONYM = "pii.pseudonym"
"""The class of a token, whatever it was made from."""

TOKENISE = "tokenise"
NO_CLASSES = Classes({})


@dataclass(frozen=True, slots=True)
class LabelFinding:
    """A class that reaches a column which does not declare it; `steps` is what its values passed on the way.

    `column` is the path of a field where one is reached: `home.street`, `contacts.item.email`.
    """

    product: str
    column: str
    origin: str
    label: str
    copied: bool
    """The very values reach the column; otherwise something made of them does, or may."""
    steps: Steps = ()
    influences: bool = False
    """No value reaches the column, but what it is, or which rows there are, depends on values of the class."""

    @property
    def path(self) -> str:
        """Draw the way that the class came: `supply.contacts.mail <- sales.customers.email via join in contacts`."""
        passed = f" via {', '.join(self.steps)} in {self.product.rpartition('.')[2]}" if self.steps else ""
        return f"{self.product}.{self.column} <- {self.origin}{passed}"

    @property
    def problem(self) -> str:
        """Say what is wrong."""
        how = "influences values" if self.influences else "is copied" if self.copied else "flows"
        return f"{self.label} {how} here undeclared: {self.path}"

    @property
    def hint(self) -> str:
        """Say the three ways out."""
        mark = (
            f'Pii("{self.label.removeprefix("pii.")}")' if self.label.startswith("pii.") else f'Class("{self.label}")'
        )
        file = f"policies/waivers/{self.product.partition('.')[2]}.toml"
        return f"declare {mark} on {self.column}, use a declassifier of meshwright.declassify, or waive it in {file}"

    def __str__(self) -> str:
        return f"{self.product}.{self.column}: {self.problem} ({self.hint})"


def label_findings(
    spec: Spec, lineage: ColumnLineage, inputs: Mapping[str, InputSpec], classes: Classes = NO_CLASSES
) -> tuple[LabelFinding, ...]:
    """Find the classes that a contract's columns carry and do not declare, column by column.

    A class counts when values of its column stand in the output, changed or not, and when the engine reads it nobody
    knows how; a count of them does not, nor what a declassifier made of them. What only influences a column brings
    the class that `classes` name as the class's influence. Declaring a class covers the classes below it.

    A field of a struct, in a list or not, is asked for itself: who may see it is decided by its own classes and those
    of what it stands in. Where lineage does not know which field is reached, each one must declare the class.
    """
    declared = cache(partial(_declared, inputs))
    every = leaves(spec.columns)
    sights = [s for c in spec.columns for s in _sights(_Sight(spec.id, c.name, c.name, lineage, classes), c, every)]
    flows = [f for see in sights for f in _flows(see, declared)]
    influences = [f for see in sights for f in _influences(see, declared)]
    carried = {(f.column, f.origin, f.label) for f in flows}
    return (*flows, *(f for f in influences if (f.column, f.origin, f.label) not in carried))


def require_labels(findings: tuple[LabelFinding, ...]) -> None:
    """Raise `LabelDropped` when a class is lost on the way to the contract."""
    if findings:
        paths = tuple(dict.fromkeys(f.path for f in findings))
        raise LabelDropped(findings[0].product, paths, {f.label for f in findings})


def covers(declared: frozenset[str], label: str) -> bool:
    """Tell whether one of the declared classes is the class or an ancestor of it in the tree."""
    return any(label == d or label.startswith(f"{d}.") for d in declared)


@dataclass(frozen=True, slots=True)
class _Sight:
    """The smallest part of a contract that lineage tells apart, with all that decides which classes reach it.

    `column` is its name in `lineage`, which is that of the struct around it where it is a field; `path` leads there
    from the product. `parts` are what can be shown or hidden within, one by one.
    """

    product: str
    column: str
    path: str
    lineage: ColumnLineage
    classes: Classes
    parts: tuple[Leaf, ...] = ()

    def undeclared(self, label: str) -> Iterator[str]:
        """Name the parts without the class; where all are, the whole."""
        bare = [part.path for part in self.parts if not covers(part.classes, label)]
        yield from [self.path] if len(bare) == len(self.parts) else bare


_Declared = Callable[[Origin, Parts | None], tuple[str, frozenset[str]]]


def _sights(see: _Sight, column: ColumnSpec, every: tuple[Leaf, ...]) -> Iterator[_Sight]:
    """Go down to the fields of a column as far as lineage knows them apart."""
    path, kind = see.path, column.type
    while isinstance(kind, ListType) and has_fields(kind):
        path, kind = f"{path}.{kind.items.name}", kind.items.type
    known = see.lineage.nested.get(see.column)
    if known is None or not isinstance(kind, StructType) or any(f.name not in known.columns for f in kind.fields):
        parts = tuple(leaf for leaf in every if f"{leaf.path}.".startswith(f"{see.path}."))
        yield replace(see, parts=parts)
        return
    for field in kind.fields:
        yield from _sights(replace(see, column=field.name, path=f"{path}.{field.name}", lineage=known), field, every)


def _flows(see: _Sight, declared: _Declared) -> Iterator[LabelFinding]:
    """Find the classes whose values stand in the column."""
    steps, parts = see.lineage.steps.get(see.column, {}), see.lineage.parts.get(see.column, {})
    for origin, kinds in sorted(see.lineage.columns.get(see.column, {}).items()):
        where, labels = declared(origin, parts.get(origin))
        left = {each for label in labels for each in _left(label, kinds, see.classes)}
        for label in sorted(left):
            for path in see.undeclared(label):
                yield LabelFinding(see.product, path, where, label, IDENTITY in kinds, steps.get(origin, ()))


def _influences(see: _Sight, declared: _Declared) -> Iterator[LabelFinding]:
    """Find the classes that conditions and joins bring along, where the class tree says so."""
    if not any(rule.influence for rule in see.classes.rules.values()):
        return
    kinds: dict[Origin, frozenset[Kind]] = dict(see.lineage.rows)
    for origin, own in see.lineage.columns.get(see.column, {}).items():
        kinds[origin] = kinds.get(origin, frozenset()) | own
    for origin, each in sorted(kinds.items()):
        if how := tuple(sorted({k.subtype.lower() for k in each if _decides(k)})):
            where, labels = declared(origin, None)
            brought = {see.classes.rules[label].influence for label in labels if label in see.classes}
            for label in sorted(brought - {""}):
                for path in see.undeclared(label):
                    yield LabelFinding(see.product, path, where, label, copied=False, steps=how, influences=True)


def _left(label: str, kinds: frozenset[Kind], classes: Classes) -> frozenset[str]:
    """Say what is left of a class after each way that its values took; no ways at all: nobody knows, all of it."""
    if not kinds:
        return frozenset({label})
    left = (_after(label, kind, classes) for kind in kinds if kind.type == "DIRECT")
    return frozenset(each for each in left if each)


def _after(label: str, kind: Kind, classes: Classes) -> str:
    if not kind.masking:
        return label
    passed = kind.description.split(THEN) if kind.description else []
    if TOKENISE in passed:
        return PSEUDONYM
    coarse = [step.removeprefix("coarse ") for step in passed if step.startswith("coarse ")]
    if passed and len(coarse) == len(passed):
        # A coarse value is only as coarse as somebody decided for the class: e-mail's first letter is not its domain.
        known = classes.rules[label].mask.coarse if label in classes else None
        return "" if known in coarse else label
    return ""


def _decides(kind: Kind) -> bool:
    return kind.type == "INDIRECT" and kind.subtype in {"CONDITIONAL", "JOIN"} and not kind.masking


def _declared(inputs: Mapping[str, InputSpec], origin: Origin, parts: Parts | None) -> tuple[str, frozenset[str]]:
    """Name an origin by its product or source, and say which classes it or the parts of it have."""
    given = inputs[origin.input]
    name = given.product if isinstance(given, PortSpec) else given.name if isinstance(given, SourceSpec) else given.id
    where = f"{name}.{origin.column}"
    column = next((c for c in given.columns if c.name == origin.column), None)
    if column is None:
        return where, frozenset()
    paths = tuple(f"{column.name}.{part}." for part in parts or ())
    inside = [leaf for leaf in leaves([column]) if f"{leaf.path}.".startswith(paths)] if paths else []
    # A part that the contract does not know by this path counts as the whole.
    return where, frozenset(c for leaf in inside for c in leaf.classes) if inside else column_classes(column)
