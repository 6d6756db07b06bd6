"""Every error the framework raises, as one tree.

MeshError
├── DefinitionError (TypeError)      what a team wrote down is wrong
│   ├── UnknownColumn (LookupError)
│   ├── ShadowedName
│   ├── UnsupportedType
│   ├── ConformError
│   ├── UnreadableContract
│   ├── TransformCollects
│   ├── TransformRaises
│   ├── LabelDropped
│   ├── InvalidName (ValueError)
│   ├── PolicyRejected               a policy, class, purpose or principal
│   └── PortMismatch                 a port that the published contract does not fit
├── WorkspaceError                   where things are is wrong
│   ├── NoWorkspace (LookupError)
│   ├── BadSettings (ValueError)
│   ├── UnloadableDomain
│   ├── UnknownDomain (LookupError)
│   ├── UnknownProduct (LookupError)
│   ├── UnknownSource (LookupError)
│   ├── UnknownParameter (LookupError)
│   ├── NotPublished (LookupError)
│   ├── WrongMajor
│   ├── AlreadyThere (FileExistsError)
│   ├── UnknownFileKind (ValueError)
│   ├── UnknownRevision (LookupError)
│   ├── NoCatalog
│   ├── DuplicateDomain
│   └── DependencyCycle
├── BuildError                       a build that publishes nothing
│   ├── BuildStopped
│   ├── RunFailed
│   ├── TableConflict
│   ├── ForeignCommit
│   ├── ShapeChanged
│   ├── RowsLost
│   └── UncomputableRule
├── StoreError                       a table that cannot be read or written
│   ├── StorageFailed (OSError)
│   ├── UnreadableTable
│   ├── MissingFiles (LookupError)
│   └── UnsafePlace (ValueError)
├── TrainingError                    a training set that is not what its manifest says
│   ├── BadManifest (ValueError)
│   ├── PinGone (LookupError)
│   ├── SpineBroken
│   └── TrainingSetDiffers
├── SourceError                      what an operational system handed over cannot be read
│   ├── SourceMissing (LookupError)
│   ├── SourceUnreadable
│   ├── SourceChanged
│   └── SourceRowsLost
├── AccessError                      who asks may not have what is asked for
│   ├── AccessDenied (PermissionError)
│   ├── UnknownPrincipal (LookupError)
│   ├── NobodyAsks
│   ├── TokenRejected (PermissionError)
│   ├── QueryRejected (ValueError)
│   └── KeysUnusable
└── CatalogError                     the catalog refuses or cannot answer
    ├── NotSignedIn (PermissionError)
    ├── ForeignDomain (PermissionError)
    ├── InvalidEvent (ValueError)
    ├── CatalogRefused
    └── CatalogUnavailable (ConnectionError)
"""

from collections.abc import Collection, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path


def nearest(name: str, known: Collection[str]) -> str:
    """Compose the end of a sentence that offers the nearest known name, or lists a few."""
    if match := get_close_matches(name, known, 1):
        return f"; did you mean {match[0]!r}?"
    if not known:
        return ""
    some = ", ".join(sorted(known)[:8])
    return f"; known: {some}{', ...' if len(known) > 8 else ''}"


class MeshError(Exception):
    """Say where, what is wrong and what to do, in one line and without a cell's value."""

    def __init__(self, where: str, problem: str, hint: str = "") -> None:
        self.where = where
        self.problem = problem
        self.hint = hint
        super().__init__(f"{where}: {problem}" + (f" ({hint})" if hint else ""))


class DefinitionError(MeshError, TypeError):
    """A contract, port, source, product or policy that cannot mean anything."""


class UnknownColumn(DefinitionError, LookupError):
    """A name that is no column of the frame or schema it is looked up in."""

    def __init__(self, where: str, column: str, known: Collection[str]) -> None:
        self.column = column
        super().__init__(where, f"no column {column!r}{nearest(column, known)}")


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
    """Classified columns that a transform copies into columns which do not say so; `paths` name each one."""

    def __init__(self, product: str, paths: Sequence[str], classes: Collection[str]) -> None:
        self.paths = tuple(paths)
        hint = "declare the class on the column, leave the column out, or publish what tells nothing of it, as a count"
        super().__init__(product, f"{' and '.join(sorted(classes))} copied unlabelled: {'; '.join(paths)}", hint)


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


class PortMismatch(DefinitionError):
    """An input port whose columns are not those that the contract publishes."""

    def __init__(self, product: str, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        hint = f"compare the port with `mesh show {product}`"
        super().__init__(f"port of {product}", "; ".join(problems), hint)


class AccessError(MeshError):
    """A request that who asks may not make."""


class AccessDenied(AccessError, PermissionError):
    """Columns, levels or a product that the policies do not grant; `asks` are the smallest requests that would do."""

    def __init__(self, product: str, problem: str, columns: Sequence[str] = (), asks: Sequence[str] = ()) -> None:
        self.product = product
        self.columns = tuple(columns)
        self.asks = tuple(dict.fromkeys(ask for ask in asks if ask))
        super().__init__(product, problem, f"ask the owner to run: {' && '.join(self.asks)}" if self.asks else "")


class UnknownPrincipal(AccessError, LookupError):
    """A person or service that the mesh does not know."""

    def __init__(self, kind: str, name: str, known: Collection[str]) -> None:
        self.principal = name
        hint = "people and services stand in policies/principals.toml"
        super().__init__("principals", f"no {kind} {name[:80]!r}{nearest(name[:80], known)}", hint)


class NobodyAsks(AccessError):
    """A read by nobody in particular."""

    def __init__(self) -> None:
        super().__init__(
            "mesh", "nobody asks", "name yourself with --as NAME, MESH_PRINCIPAL or principal in mesh.toml"
        )


class TokenRejected(AccessError, PermissionError):
    """A token that is expired, forged or meant for something else."""

    def __init__(self, problem: str) -> None:
        super().__init__("token", problem, "make a new one with `mesh token`")


class QueryRejected(AccessError, ValueError):
    """A filter, order or limit that does not fit the columns as the reader sees them."""


class KeysUnusable(AccessError):
    """A key file that is missing, damaged or readable by others."""


class WorkspaceError(MeshError):
    """A workspace whose places or parts do not fit together."""


class NoWorkspace(WorkspaceError, LookupError):
    """No mesh.toml in the folder or above it."""

    def __init__(self, start: Path) -> None:
        super().__init__(str(start), "no mesh.toml here or in a parent folder", "run `mesh init` or pass --workspace")


class BadSettings(WorkspaceError, ValueError):
    """A mesh.toml or pyproject.toml that says something it cannot."""

    def __init__(self, where: str, problem: str) -> None:
        super().__init__(where, problem)


class UnloadableDomain(WorkspaceError):
    """A domain whose package does not import."""

    def __init__(self, name: str, problem: str) -> None:
        super().__init__(f"domain {name!r}", f"does not import: {problem}")


class UnknownDomain(WorkspaceError, LookupError):
    """A domain that nobody declares."""

    def __init__(self, name: str, known: Collection[str]) -> None:
        super().__init__("workspace", f"no domain {name!r}{nearest(name, known)}")


class UnknownProduct(WorkspaceError, LookupError):
    """A product that neither the workspace nor the catalog knows."""

    def __init__(self, name: str, known: Collection[str], where: str = "workspace") -> None:
        self.product = name
        super().__init__(where, f"no product {name!r}{nearest(name, known)}")


class NotPublished(WorkspaceError, LookupError):
    """A product that has no table yet."""

    def __init__(self, product: str, owner: str) -> None:
        hint = f"run `mesh build {product.removesuffix('__rejected')}`, or ask {owner or 'its owner'}"
        super().__init__(product, "has not been published here", hint)


class WrongMajor(WorkspaceError):
    """A port bound to a major version that is no longer, or not yet, offered."""

    def __init__(self, product: str, wanted: int, offered: int) -> None:
        super().__init__(product, f"version {wanted} is asked for, version {offered} is offered", "move the port")


class UnknownSource(WorkspaceError, LookupError):
    """A source that mesh.toml gives no place."""

    def __init__(self, name: str, known: Collection[str], env: str) -> None:
        hint = f'add "{name}" = "path" under [env.{env}.sources]'
        super().__init__("mesh.toml", f"no place for source {name!r}{nearest(name, known)}", hint)


class UnknownParameter(WorkspaceError, LookupError):
    """A parameter that a transform does not take."""

    def __init__(self, product: str, name: str, known: Collection[str]) -> None:
        super().__init__(product, f"no parameter {name!r}{nearest(name, known)}")


class AlreadyThere(WorkspaceError, FileExistsError):
    """A scaffold that would write over something."""

    def __init__(self, path: str) -> None:
        super().__init__(path, "is there already", "remove it or choose another name")


class UnknownFileKind(WorkspaceError, ValueError):
    """A file name whose ending says nothing known."""

    def __init__(self, path: str, suffix: str) -> None:
        super().__init__(path, f"cannot write {suffix or 'a file without an ending'}", "use .parquet, .csv or .arrow")


class UnknownRevision(WorkspaceError, LookupError):
    """A git revision that cannot be read."""

    def __init__(self, revision: str, problem: str) -> None:
        super().__init__(f"revision {revision[:80]!r}", problem)


class NoCatalog(WorkspaceError):
    """No catalog is installed, and mesh.toml names none."""

    def __init__(self) -> None:
        super().__init__("catalog", "none is installed and mesh.toml names no url", 'pip install "meshwright[catalog]"')


class DuplicateDomain(WorkspaceError):
    """One domain name declared from two places."""

    def __init__(self, name: str, places: Sequence[str]) -> None:
        super().__init__("workspace", f"domain {name!r} is declared by {' and by '.join(places)}", "remove one of them")


class DependencyCycle(WorkspaceError):
    """Products that need one another in a circle."""

    def __init__(self, products: Sequence[str]) -> None:
        self.products = tuple(products)
        super().__init__("workspace", f"products depend on each other in a cycle: {' -> '.join(products)}")


class CatalogError(MeshError):
    """A catalog that refuses what was asked, or cannot answer."""


class NotSignedIn(CatalogError, PermissionError):
    """A request to the catalog without a valid token."""

    def __init__(self, where: str = "catalog") -> None:
        super().__init__(where, "a valid token is needed", "make one with `mesh token`")


class ForeignDomain(CatalogError, PermissionError):
    """A publisher that writes outside of its own domain."""

    def __init__(self, where: str = "catalog") -> None:
        super().__init__(where, "a publisher writes only what its own domain owns", "ask the owner to publish it")


class InvalidEvent(CatalogError, ValueError):
    """An OpenLineage event that cannot be understood."""

    def __init__(self, problem: str) -> None:
        super().__init__("lineage event", problem)


class CatalogRefused(CatalogError):
    """A request that the catalog understood and would not carry out."""


class CatalogUnavailable(CatalogError, ConnectionError):
    """A catalog that does not answer, or cannot write just now."""

    def __init__(self, where: str, problem: str) -> None:
        super().__init__(where, problem, "try again; a build's entry is registered by the next command")


class SourceError(MeshError):
    """A delivery of an operational system that cannot be read as its class says."""

    def __init__(self, source: str, file: str, problem: str, hint: str = "") -> None:
        self.source = source
        self.file = file
        super().__init__(f"source {source!r}" + (f", {file}" if file else ""), problem, hint)


class SourceMissing(SourceError, LookupError):
    """No file, table or sheet where the source should be."""

    def __init__(self, source: str, where: str, problem: str = "no file there") -> None:
        super().__init__(source, where, problem, "correct the place in mesh.toml, or have it delivered")


class SourceUnreadable(SourceError):
    """A file that is empty, cut short or of another kind."""


class SourceChanged(SourceError):
    """A delivery with other columns, another order or another dialect than its class says."""

    def __init__(self, source: str, file: str, problems: Sequence[str], hint: str) -> None:
        self.problems = tuple(problems)
        super().__init__(source, file, "; ".join(problems), hint)


class SourceRowsLost(SourceError):
    """Rows read that were neither accepted nor rejected: a mistake in a reader."""

    def __init__(self, source: str, read: int, accepted: int, rejected: int) -> None:
        super().__init__(source, "", f"{read} rows read, but {accepted} accepted and {rejected} rejected")


class BuildError(MeshError):
    """A build that leaves the live version as it is."""


class BuildStopped(BuildError):
    """Rows that break rules of severity `error`."""

    def __init__(self, where: str, failed: Mapping[str, int], rows: int) -> None:
        self.failed = dict(failed)
        counts = ", ".join(f"{name} (error): {count:,} rows" for name, count in sorted(failed.items()))
        super().__init__(where, f"nothing published: of {rows:,} rows break {counts}", "mend the rows or the rule")


class RunFailed(BuildError):
    """A transform that raised while its rows were made; the engine's text is kept only where it quotes no cell."""

    def __init__(self, where: str, reason: str) -> None:
        super().__init__(where, f"the transform failed: {reason}", "run the transform on examples in a test")


class TableConflict(BuildError):
    """A table that moved on after the build was planned."""

    def __init__(self, table: str, planned: int | None, live: int | None) -> None:
        self.planned, self.live = planned, live
        super().__init__(table, f"planned from version {planned}, but version {live} is live", "build again")


class ForeignCommit(BuildError):
    """A version that no build of this framework made."""

    def __init__(self, table: str, version: int | None) -> None:
        self.version = version
        problem = f"version {version} was written by someone else"
        super().__init__(table, problem, "find out who writes there, then adopt it or restore an earlier version")


class ShapeChanged(BuildError):
    """A table whose columns or folders are not those of the contract, and cannot become so in one commit."""

    def __init__(self, table: str, problem: str, hint: str) -> None:
        super().__init__(table, problem, hint)


class RowsLost(BuildError):
    """Counts that do not add up: a fault of the framework, so nothing is published."""

    def __init__(self, where: str, problem: str) -> None:
        super().__init__(where, f"nothing published: {problem}", "please report this")


class UncomputableRule(BuildError):
    """A rule whose expression fails on the data; the engine's words are left out, for they quote values."""

    def __init__(self, product: str, rule: str, kind: str) -> None:
        self.rule = rule
        hint = "it must give true, false or null for every row: no strict casts or parsing"
        super().__init__(f"rule {rule!r} of {product}", f"cannot be computed ({kind})", hint)


class StoreError(MeshError):
    """A table, or the storage under it, that does not do what it must."""


class StorageFailed(StoreError, OSError):
    """A storage that cannot be written or read: full, read-only, unreachable."""

    def __init__(self, where: str, problem: str) -> None:
        super().__init__(where, f"cannot be written or read: {problem}", "look at space and permissions")


class UnreadableTable(StoreError):
    """A table whose log says nothing that can be read."""

    def __init__(self, table: str, problem: str) -> None:
        super().__init__(table, f"the table's log cannot be read: {problem}", "restore the log from a backup")


class MissingFiles(StoreError, LookupError):
    """Files that the log names and the folder lacks."""

    def __init__(self, table: str, files: Collection[str]) -> None:
        self.files = tuple(sorted(files))
        problem = f"{len(files)} of its files are missing, such as {self.files[0]!r}"
        super().__init__(table, problem, "restore them, or build the product again")


class UnsafePlace(StoreError, ValueError):
    """A table's address that leads out of the store's root."""

    def __init__(self, table: str, root: str) -> None:
        super().__init__(table, f"lies outside of {root}", "compose addresses with the store's `place`")


class TrainingError(MeshError):
    """A training set that cannot be made, or made again, as its manifest says."""


class BadManifest(TrainingError, ValueError):
    """A manifest that was damaged or changed."""

    def __init__(self, problem: str) -> None:
        super().__init__("manifest", problem, "take the manifest as it was written")


class PinGone(TrainingError, LookupError):
    """A version that a manifest pins and the table no longer has."""

    def __init__(self, product: str, version: int, problem: str) -> None:
        self.product, self.version = product, version
        super().__init__(product, f"version {version} is gone: {problem}", "restore it, or make a new training set")


class SpineBroken(TrainingError):
    """Rows that are not one for each row of the spine."""

    def __init__(self, where: str, problem: str) -> None:
        super().__init__(where, problem, "join features with `Port.as_of`, which keeps the spine")


class TrainingSetDiffers(TrainingError):
    """Rows made again that are not the rows of the manifest; `rows` counts them then and now."""

    def __init__(self, where: str, rows: tuple[int, int], columns: Sequence[str], changed: Sequence[str]) -> None:
        self.rows, self.columns, self.changed = rows, tuple(columns), tuple(changed)
        names = ", ".join(repr(c) for c in columns[:5]) + (", ..." if len(columns) > 5 else "")
        why = f"changed since: {', '.join(changed)}" if changed else "look at the policies, the keys and the files"
        super().__init__(
            where, f"differs: {rows[0]} rows then, {rows[1]} now, {len(columns)} columns differ: {names}", why
        )
