"""Access rules as a whole: now, at a git revision, and the difference."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import PurePosixPath

from meshwright.access import policies_of
from meshwright.access.review import AccessChange, Rules, Sight, Sought, Unheld, differences, unheld, who_can
from meshwright.errors import UnknownProduct
from meshwright.grants import Grant
from meshwright.io.git import files_at, revision_at
from meshwright.mesh.contracts import specs_at
from meshwright.mesh.granting import grants_of, knows_grants
from meshwright.mesh.world import World
from meshwright.ports import PolicyTexts


def who(world: World, asker: str | None, product: str, sought: Sought, at: datetime | None) -> Iterator[Sight]:
    """List who may see a product; at a past moment by the rules that the repository held then.

    Grants count as far as the asker may know them: those of products that they answer for.
    """
    rules = _now(world) if at is None else _at(world, revision_at(world.workspace.root, at))
    if product not in rules.specs:
        raise UnknownProduct(product, rules.specs)
    grants = _grants(world, asker, product)
    return who_can(rules.specs[product], rules.policies, at or world.clock(), sought, grants)


def changed(world: World, base: str) -> Iterator[AccessChange]:
    """Tell who gains or loses what beside a git revision, both decided at this moment."""
    return differences(_at(world, base), _now(world), world.clock())


def uncovered(world: World) -> tuple[int, tuple[Unheld, ...]]:
    """Find the policies that no test holds."""
    return unheld(world.specs, world.policies, world.policy_texts.tests, world.clock())


def _grants(world: World, asker: str | None, product: str) -> tuple[Grant, ...]:
    if asker is None or not knows_grants(world):
        return ()
    return tuple(view.grant for view in grants_of(world, asker).listed("owned", product))


def _now(world: World) -> Rules:
    return Rules(world.specs, world.policies, world.policy_texts.tests)


def _at(world: World, revision: str) -> Rules:
    specs = specs_at(world, revision)
    return Rules(specs, policies_of(_texts_at(world, revision), specs.values()))


def _texts_at(world: World, revision: str) -> PolicyTexts:
    root, mesh = world.workspace.root, world.workspace.settings.mesh.policies
    central = {PurePosixPath(path).name: text for path, text in files_at(root, revision, mesh, "").items()}
    found = PolicyTexts(
        classes=central.get("classes.toml", ""),
        purposes=central.get("purposes.toml", ""),
        principals=central.get("principals.toml", ""),
        central=central.get("mesh.cedar", ""),
    )
    return replace(found, products=_by_product(world, files_at(root, revision, ".", ".cedar")))


def _by_product(world: World, files: Mapping[str, str]) -> dict[str, str]:
    """Sort the policy files of domains by product; a folder that is no domain of today is named like its domain."""
    patterns = [PurePosixPath(pattern) for pattern in world.workspace.settings.mesh.domains]
    root = world.workspace.root
    names = {p.folder.relative_to(root).as_posix(): n for n, p in world.places.items() if p.folder}
    found: dict[str, str] = {}
    for path, text in files.items():
        file = PurePosixPath(path)
        folder = file.parent.parent
        known = folder.as_posix() in names or any(_matches(folder, pattern) for pattern in patterns)
        if file.parent.name == "policies" and known:
            found[f"{names.get(folder.as_posix(), folder.name)}.{file.stem}"] = text
    return found


def _matches(folder: PurePosixPath, pattern: PurePosixPath) -> bool:
    return len(folder.parts) == len(pattern.parts) and folder.match(str(pattern))
