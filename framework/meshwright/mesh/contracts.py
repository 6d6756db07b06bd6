"""Contract files: what the code promises, committed and reviewed."""

from collections.abc import Iterator
from pathlib import Path

from meshwright import compat, odcs
from meshwright.access import Finding
from meshwright.errors import UnreadableContract
from meshwright.io.git import files_at
from meshwright.mesh.world import World
from meshwright.spec import Spec

SUFFIX = ".odcs.yaml"


def path_of(world: World, spec: Spec) -> Path:
    """Name a contract's file: one for each major version."""
    folder = world.workspace.root / world.workspace.settings.mesh.contracts
    return folder / spec.domain / spec.product / f"v{spec.major}{SUFFIX}"


def write(world: World) -> list[str]:
    """Write what differs; files of earlier major versions stay, for they are still promised."""
    written: list[str] = []
    for spec in world.specs.values():
        path, text = path_of(world, spec), odcs.write(spec)
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            written.append(_shown(world, path))
    return written


def drift(world: World) -> Iterator[Finding]:
    """Find contract files that are missing, that differ from the code, or that no product stands behind."""
    for spec in world.specs.values():
        path = path_of(world, spec)
        if not path.is_file():
            yield Finding(_shown(world, path), "is missing", "run `mesh contracts write` and commit it")
        elif path.read_text(encoding="utf-8") != odcs.write(spec):
            yield Finding(
                _shown(world, path), "differs from the code", "run `mesh contracts write` and review the change"
            )
    folder = world.workspace.root / world.workspace.settings.mesh.contracts
    for path in sorted(folder.glob(f"*/*/*{SUFFIX}")):
        name = _product(path)
        if name not in world.specs:
            yield Finding(
                _shown(world, path), f"no product {name!r} stands behind it", "remove the file or restore the product"
            )


def since(world: World, base: str) -> Iterator[tuple[str, compat.Change]]:
    """Compare each contract with its file at a git revision, within a major version."""
    folder = world.workspace.settings.mesh.contracts
    old = files_at(world.workspace.root, base, folder, SUFFIX)
    for spec in world.specs.values():
        name = path_of(world, spec).relative_to(world.workspace.root).as_posix()
        if name in old:
            for change in compat.changes(_read(old[name], f"{name} at {base}"), spec):
                yield spec.id, change
    for gone in sorted({_product(Path(name)) for name in old} - world.specs.keys()):
        yield gone, compat.Change("", "breaking", "product-removed", "the product is no longer published")


def changes_since(world: World, base: str) -> list[dict[str, str]]:
    """List the changes since a revision, breaking ones first."""
    rank = {"breaking": 0, "compatible": 1, "cosmetic": 2}
    found = sorted(since(world, base), key=lambda each: (rank[each[1].kind], each[0], each[1].path))
    return [{"product": name, "kind": c.kind, "path": c.path, "rule": c.rule, "text": c.text} for name, c in found]


def broken(world: World, base: str) -> Iterator[Finding]:
    """Find the changes since a revision that break consumers of the same major version."""
    for name, change in since(world, base):
        if change.kind == "breaking":
            yield Finding(f"{name} {change.path}".strip(), change.text, "keep it, or publish a new major version")


def specs_at(world: World, revision: str) -> dict[str, Spec]:
    """Read the contracts of a git revision: of each product its newest major version."""
    files = files_at(world.workspace.root, revision, world.workspace.settings.mesh.contracts, SUFFIX)
    found: dict[str, Spec] = {}
    for name, text in files.items():
        spec = _read(text, f"{name} at {revision}")
        if spec.id not in found or found[spec.id].major < spec.major:
            found[spec.id] = spec
    return found


def _read(text: str, where: str) -> Spec:
    try:
        return odcs.read(text)
    except UnreadableContract as error:
        raise UnreadableContract(where, error.problem) from None


def _product(path: Path) -> str:
    """Name the product that a contract file belongs to, by the folders above it."""
    return f"{path.parts[-3]}.{path.parts[-2]}"


def _shown(world: World, path: Path) -> str:
    return path.relative_to(world.workspace.root).as_posix()
