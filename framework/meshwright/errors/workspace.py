"""Where things are is wrong."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from pathlib import Path

from meshwright.errors.mesh import MeshError, nearest


class WorkspaceError(MeshError):
    """A workspace whose places or parts do not fit together."""


class NoWorkspace(WorkspaceError, LookupError):
    """No mesh.toml in the folder or above it."""

    def __init__(self, start: Path) -> None:
        super().__init__(str(start), "no mesh.toml here or in a parent folder", "run `mesh init` or pass --workspace")


class NeedsWorkspace(WorkspaceError):
    """Work for a workspace, asked of a mesh that was opened at a catalog's address."""

    def __init__(self, word: str) -> None:
        super().__init__("mesh", f"{word!r} needs a workspace: this mesh is a catalog", "open a folder with mesh.toml")


class BadSettings(WorkspaceError, ValueError):
    """A mesh.toml or pyproject.toml that says something it cannot."""

    def __init__(self, where: str, problem: str) -> None:
        super().__init__(where, problem)


class UnloadableDomain(WorkspaceError):
    """A domain whose package does not import; `line` is the one of its files at which that stopped, where known."""

    def __init__(self, name: str, problem: str, line: str = "", hint: str = "") -> None:
        at = f", {line}" if line else ""
        super().__init__(f"domain {name!r}{at}", f"does not import: {problem}", hint)


class UnknownDomain(WorkspaceError, LookupError):
    """A domain that nobody declares."""

    def __init__(self, name: str, known: Collection[str]) -> None:
        super().__init__("workspace", f"no domain {name!r}{nearest(name, known)}")


class UnknownProduct(WorkspaceError, LookupError):
    """A product that neither the workspace nor the catalog knows."""

    def __init__(self, name: str, known: Collection[str], where: str = "workspace") -> None:
        self.product = name
        super().__init__(where, f"no product {name[:130]!r}{nearest(name[:130], known)}")  # longer ones are no ids


class NotPublished(WorkspaceError, LookupError):
    """A product that has no table yet."""

    def __init__(self, product: str, owner: str) -> None:
        hint = f"run `mesh build {product.removesuffix('__rejected')}`, or ask {owner or 'its owner'}"
        super().__init__(product, "has not been published here", hint)


class WrongMajor(WorkspaceError):
    """A port bound to a major version that is no longer, or not yet, offered."""

    def __init__(self, product: str, wanted: int, offered: int) -> None:
        super().__init__(product, f"version {wanted} is asked for, version {offered} is offered", "move the port")


class UnknownMajor(WorkspaceError, LookupError):
    """A major version that a product does not have; `hint` names those that it has."""

    def __init__(self, product: str, wanted: int, hint: str = "") -> None:
        self.product = product
        super().__init__(product, f"has no major version {wanted}", hint)


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


class PastUnknown(WorkspaceError, LookupError):
    """A moment of which nothing is known: git is what keeps a workspace's past."""

    def __init__(self, moment: datetime, problem: str, hint: str) -> None:
        super().__init__(f"{_in_utc(moment)}", f"nothing is known of that time: {problem}", hint)


def _in_utc(moment: datetime) -> str:
    try:
        return f"{moment.astimezone(UTC).replace(tzinfo=None).isoformat(' ', 'minutes')} UTC"
    except OverflowError:  # the calendar of UTC does not have it
        return moment.isoformat()


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
