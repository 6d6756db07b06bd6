"""Every error the framework raises, as one tree.

MeshError
├── DefinitionError (TypeError)      what a team wrote down is wrong
│   ├── UnknownColumn (LookupError)
│   ├── ShadowedName
│   ├── UnsupportedType
│   ├── ConformError
│   └── InvalidName (ValueError)
├── WorkspaceError                   where things are is wrong
│   ├── NoWorkspace (LookupError)
│   ├── UnknownDomain (LookupError)
│   ├── UnknownProduct (LookupError)
│   ├── DuplicateDomain
│   └── DependencyCycle
└── CatalogError                     the catalog refuses or cannot answer
    ├── NotSignedIn (PermissionError)
    ├── ForeignDomain (PermissionError)
    ├── InvalidEvent (ValueError)
    ├── CatalogRefused
    └── CatalogUnavailable (ConnectionError)
"""

from collections.abc import Collection, Sequence
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


class InvalidName(DefinitionError, ValueError):
    """A name that must not become a path or an identifier."""

    def __init__(self, what: str, name: str) -> None:
        super().__init__(what, f"{name[:80]!r} is not a valid name", "use lower-case letters, digits and underscores")


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
