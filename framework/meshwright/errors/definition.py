"""What a team wrote down is wrong."""

from collections.abc import Collection, Sequence

from meshwright.errors.mesh import MeshError, nearest


class DefinitionError(MeshError, TypeError):
    """A contract, port, source, product or policy that cannot mean anything."""


class UnknownColumn(DefinitionError, LookupError):
    """A name that is no column of the frame or schema it is looked up in."""

    def __init__(self, where: str, column: str, known: Collection[str], hint: str = "") -> None:
        self.column = column
        super().__init__(where, f"no column {column!r}{nearest(column, known)}", hint)


class ShadowedName(DefinitionError):
    """A column whose name hides a method of the schema class."""

    def __init__(self, where: str, column: str) -> None:
        hint = f'write {column}_: Annotated[..., Column("{column}")]'
        super().__init__(where, f"column {column!r} hides a method of the class", hint)


class UnsupportedType(DefinitionError):
    """A Python annotation or frame type that no contract can carry."""

    def __init__(self, where: str, found: str, hint: str) -> None:
        super().__init__(where, f"type {found} cannot be published", hint)


class ConformError(DefinitionError):
    """A frame that would need a change of values to fit its schema."""

    def __init__(self, where: str, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__(where, "; ".join(problems))


class TransformReads(DefinitionError):
    """A transform that reads a file or table that is none of its inputs, past policy and lineage."""

    def __init__(self, where: str, line: str = "") -> None:
        hint = "declare it as a Source or an InputPort, and take it as a parameter"
        at = f" at {line}" if line else ""
        super().__init__(where, f"reads a file or a table that is none of its inputs{at}", hint)


class TransformVaries(DefinitionError):
    """A transform whose plan is another one each time it is called, so that no lineage holds for what it returns."""

    def __init__(self, where: str, columns: Sequence[str]) -> None:
        self.columns = tuple(columns)
        what = f"makes {', '.join(columns)} of other columns" if columns else "chooses its rows by other columns"
        hint = "let it depend on its inputs and parameters alone, not on a counter, a clock or a random number"
        super().__init__(where, f"{what} when it is called again", hint)


class TransformCollects(DefinitionError):
    """A transform that reads its inputs itself instead of returning a plan."""

    def __init__(self, where: str, inputs: Sequence[str], line: str) -> None:
        self.inputs = tuple(inputs)
        at = f" at {line}" if line else ""
        hint = "keep it lazy: no collect, sink or fetch in a transform; joins, windows and pl.len() do it in the plan"
        super().__init__(where, f"reads {' and '.join(inputs)} itself{at}", hint)


class TransformRaises(DefinitionError):
    """A transform that makes no plan of its inputs."""

    def __init__(self, where: str, problem: str, line: str) -> None:
        hint = "call the transform in a test, on frames of Schema.example(), to see all of the error"
        super().__init__(where, problem + (f" at {line}" if line else ""), hint)


class LabelDropped(DefinitionError):
    """Classified values that reach columns which do not say so; `paths` name each way."""

    def __init__(self, product: str, paths: Sequence[str], classes: Collection[str]) -> None:
        self.paths = tuple(paths)
        name = product.partition(".")[2]
        hint = (
            "declare the class on the column, use a declassifier of meshwright.declassify, "
            f"or ask for a waiver in policies/waivers/{name}.toml"
        )
        problem = f"{' and '.join(sorted(classes))} reaches columns that do not declare it: {'; '.join(paths)}"
        super().__init__(product, problem, hint)


class DeclassifierRefused(DefinitionError):
    """Groups whose size says nothing of how many stand behind a value."""


class UnreadableContract(DefinitionError):
    """A contract file that was not written by us, or was changed by hand into something else."""

    def __init__(self, where: str, problem: str) -> None:
        super().__init__(where, problem, "run `mesh contracts write`")


class InvalidName(DefinitionError, ValueError):
    """A name that must not become a path or an identifier."""

    def __init__(self, what: str, name: str) -> None:
        super().__init__(what, f"{name[:80]!r} is not a valid name", "use lower-case letters, digits and underscores")


class PolicyRejected(DefinitionError):
    """A policy, class, purpose or principal that cannot be obeyed as it is written."""


class UnknownInPermit(PolicyRejected, LookupError):
    """A permit for a team, service or purpose that the mesh does not have."""

    def __init__(self, where: str, kind: str, name: str, known: Collection[str]) -> None:
        super().__init__(where, f"no {kind} {name[:80]!r}{nearest(name[:80], known)}")


class PortMismatch(DefinitionError):
    """An input port whose columns are not those that the contract publishes."""

    def __init__(self, product: str, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        hint = f"compare the port with `mesh show {product}`"
        super().__init__(f"port of {product}", "; ".join(problems), hint)
