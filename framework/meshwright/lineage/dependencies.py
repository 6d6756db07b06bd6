"""What a column is made of: input columns, and in which way each of them counts."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple


class Origin(NamedTuple):
    """A column of an input; `input` is the name of the transform's parameter."""

    input: str
    column: str


class Kind(NamedTuple):
    """A transformation in the words of OpenLineage's column lineage facet 1-2-0.

    `description` names the declassifiers that the values passed, the first one first.
    """

    type: Literal["DIRECT", "INDIRECT"]
    subtype: str
    masking: bool = False
    description: str = ""


Steps = tuple[str, ...]
"""What values passed on their way from an input to a column, the first step first."""

Parts = frozenset[str]
"""Paths of fields within a column, as `address.street`."""


IDENTITY = Kind("DIRECT", "IDENTITY")
TRANSFORMATION = Kind("DIRECT", "TRANSFORMATION")
AGGREGATION = Kind("DIRECT", "AGGREGATION")
FILTER = Kind("INDIRECT", "FILTER")
JOIN = Kind("INDIRECT", "JOIN")
GROUP_BY = Kind("INDIRECT", "GROUP_BY")
SORT = Kind("INDIRECT", "SORT")
WINDOW = Kind("INDIRECT", "WINDOW")
CONDITIONAL = Kind("INDIRECT", "CONDITIONAL")

THEN = " then "
"""Stands between the declassifiers of a description."""

_RANK = {"IDENTITY": 0, "TRANSFORMATION": 1, "AGGREGATION": 2}


def then(inner: Kind, outer: Kind) -> Kind:
    """Say what two steps are together: indirect wins, the outer one first; else the stronger direct one.

    The rule of OpenLineage's Spark integration (`TransformationInfo.merge`).
    """
    masking = inner.masking or outer.masking
    said = THEN.join(dict.fromkeys(d for d in (inner.description, outer.description) if d))
    for kind in (outer, inner):
        if kind.type == "INDIRECT":
            return Kind("INDIRECT", kind.subtype, masking, said)
    return Kind("DIRECT", max(inner.subtype, outer.subtype, key=_RANK.__getitem__), masking, said)


@dataclass(frozen=True, slots=True)
class Dependencies:
    """The origins of one column; `fields` keeps those of a struct's fields apart while they are known, in lists too.

    `steps` has what each origin passed; what only influences has none. `parts` names the fields of an origin that
    count, by their paths within it; an origin that is not there counts as a whole.
    """

    origins: Mapping[Origin, frozenset[Kind]]
    fields: Mapping[str, "Dependencies"] | None = None
    steps: Mapping[Origin, Steps] = field(default_factory=dict[Origin, Steps])
    parts: Mapping[Origin, Parts] = field(default_factory=dict[Origin, Parts])

    def via(self, kind: Kind, step: str = "") -> "Dependencies":
        """Pass every origin through one more step that changes the values, and name the step."""
        origins = {o: frozenset(then(k, kind) for k in kinds) for o, kinds in self.origins.items()}
        return Dependencies(origins, None, self._after(step) if kind.type == "DIRECT" else {}, self.parts)

    def through(self, step: str) -> "Dependencies":
        """Name one more step that moves the values as they are."""
        fields = None if self.fields is None else {name: f.through(step) for name, f in self.fields.items()}
        return Dependencies(self.origins, fields, self._after(step), self.parts)

    def apart(self, kind: Kind, step: str = "") -> "Dependencies":
        """Pass through a step that moves whole items in or out of a list: what stood in a field stays in that field."""
        whole = self.via(kind, step)
        if self.fields is None:
            return whole
        fields = {name: f.apart(kind, step) for name, f in self.fields.items()}
        return Dependencies(whole.origins, fields, whole.steps, whole.parts)

    def beside(self, influence: "Dependencies") -> "Dependencies":
        """Add what only influences the values; it influences each field, and leaves them apart."""
        whole = union((self, influence))
        if self.fields is None:
            return whole
        fields = {name: f.beside(influence) for name, f in self.fields.items()}
        return Dependencies(whole.origins, fields, whole.steps, whole.parts)

    def _after(self, step: str) -> Mapping[Origin, Steps]:
        if not step:
            return self.steps
        passed = {o: self.steps.get(o, ()) for o in self.origins}
        return {o: steps if step in steps[-1:] else (*steps, step) for o, steps in passed.items()}


NOTHING = Dependencies({})


def union(parts: Iterable[Dependencies]) -> Dependencies:
    """Join the origins of several columns; fields stay apart where every part has the same ones."""
    given = list(parts)
    if len(given) == 1:
        return given[0]
    origins: dict[Origin, frozenset[Kind]] = {}
    for part in given:
        for origin, kinds in part.origins.items():
            origins[origin] = origins[origin] | kinds if origin in origins else kinds
    steps: dict[Origin, Steps] = {}
    for part in given:
        for origin, passed in part.steps.items():
            steps[origin] = tuple(dict.fromkeys((*steps[origin], *passed))) if origin in steps else passed
    return Dependencies(origins, _fields(given), steps, _parts(given))


def _parts(given: list[Dependencies]) -> Mapping[Origin, Parts]:
    """Join the fields that count; one way on which the whole counts makes it the whole."""
    named = {origin for part in given for origin in part.parts}
    found: dict[Origin, Parts] = {}
    for origin in named:
        each = [part.parts.get(origin) for part in given if origin in part.origins]
        if all(each):
            found[origin] = frozenset(path for paths in each for path in paths or ())
    return found


def _fields(parts: list[Dependencies]) -> Mapping[str, Dependencies] | None:
    # What comes from nowhere, such as a null, brings nothing into any field.
    made = [p for p in parts if p.origins]
    known = [p.fields for p in made if p.fields is not None]
    if not known or len(known) < len(made) or len({tuple(f) for f in known}) > 1:
        return None
    return {name: union(f[name] for f in known) for name in known[0]}


FOREIGN = "reads what is no input"
"""How the note about a scan ends that is none of the inputs'."""


@dataclass(frozen=True, slots=True)
class ColumnLineage:
    """The origins of every output column, and of the row set as a whole.

    No kinds at an origin: the engine reads it for this column, nobody knows how. `opaque` says why an answer is wider
    than the truth; it is empty where the answer is exact. `steps` has what the values of an origin passed,
    `parts` the fields of an origin that count where not all of it does. `nested` has the same of each field of a
    column of structs, or of lists of them, while its fields are known apart. `constants` are the columns of rows that
    the transform brings along: from no input, so that nobody knows where they were taken from.
    """

    columns: Mapping[str, Mapping[Origin, frozenset[Kind]]]
    rows: Mapping[Origin, frozenset[Kind]]
    opaque: tuple[str, ...] = ()
    steps: Mapping[str, Mapping[Origin, Steps]] = field(default_factory=dict[str, Mapping[Origin, Steps]])
    parts: Mapping[str, Mapping[Origin, Parts]] = field(default_factory=dict[str, Mapping[Origin, Parts]])
    nested: Mapping[str, "ColumnLineage"] = field(default_factory=dict[str, "ColumnLineage"])
    constants: tuple[str, ...] = ()

    @property
    def reads_others(self) -> bool:
        """Tell whether the plan reads a file or table that is none of the inputs."""
        return any(told.endswith(FOREIGN) for told in self.opaque)

    def upper_bound(self, column: str) -> frozenset[Origin]:
        """Collect everything that can change the column: its origins and what shapes the rows."""
        return frozenset(self.columns[column]) | frozenset(self.rows)

    def direct(self, column: str) -> frozenset[Origin]:
        """Collect the origins whose values may stand in the column, changed or not."""
        found = self.columns[column].items()
        return frozenset(o for o, kinds in found if not kinds or any(k.type == "DIRECT" for k in kinds))

    def inputs(self, column: str) -> Mapping[str, frozenset[str]]:
        """Group the column's upper bound by input."""
        bound = self.upper_bound(column)
        return {i: frozenset(o.column for o in bound if o.input == i) for i in sorted({o.input for o in bound})}

    def copies(self) -> Iterator[tuple[str, Origin]]:
        """Yield each output column with each input column whose values reach it unchanged."""
        for column, origins in self.columns.items():
            for origin in sorted(origins):
                if IDENTITY in origins[origin]:
                    yield column, origin
