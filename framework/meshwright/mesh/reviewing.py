"""Access rules as a whole: now, at a git revision, and the difference."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time
from pathlib import PurePosixPath

from meshwright.access import Principal, Principals, policies_of
from meshwright.access.review import AccessChange, Rules, Sight, Sought, Unheld, differences, unheld, who_can
from meshwright.errors import NobodyAsks, PastUnknown, UnknownProduct
from meshwright.grants import Grant
from meshwright.io.git import files_at, revision_at
from meshwright.mesh.contracts import specs_at
from meshwright.mesh.discovering import findable
from meshwright.mesh.granting import grants_of, knows_grants
from meshwright.mesh.world import World
from meshwright.ports import PolicyTexts
from meshwright.spec import Spec


@dataclass(frozen=True, slots=True)
class WhoCan:
    """Who may see a product, and a sentence on what that stands on: whose rules, which grants, who is named."""

    sights: tuple[Sight, ...]
    stands_on: str


def who(world: World, asker: str | None, product: str, sought: Sought, at: datetime | None) -> WhoCan:
    """List who may see a product; at a past moment by the rules that the repository held then.

    Consumers are named to the product's own domain, its owners and data protection; everybody else is told of
    themselves. Grants count as far as the asker may know them: those of products that they answer for, and their own.
    """
    if asker is None:
        raise NobodyAsks
    principals = world.policies.principals
    me = principals.find(asker, "service" if asker in principals.services else "user")
    known = findable(world, me, product)
    at = at and _past(at, world.clock())
    revision = "" if at is None else revision_at(world.workspace.root, at)
    rules = _at(world, revision) if revision else _now(world)
    if product not in rules.specs:
        if at is not None and product in world.specs:
            raise PastUnknown(at, f"there was no contract of {product} yet", "ask for a later time")
        raise UnknownProduct(product, known)
    spec = rules.specs[product]
    everybody = _may_name_consumers(principals, me, spec)
    grants = _grants(world, asker, product)
    found = who_can(spec, rules.policies, at or world.clock(), sought, grants)
    sights = tuple(each for each in found if everybody or each.principal == f"{me.kind}:{me.name}")
    return WhoCan(sights, _stands_on(world, spec, revision, everybody=everybody))


def _past(at: datetime, now: datetime) -> datetime:
    """Refuse what is yet to come; a day that has begun is asked about up to now."""
    if at <= now:
        return at
    if at == datetime.combine(now.astimezone(UTC).date(), time.max, UTC):
        return now
    raise PastUnknown(at, "it is yet to come", "ask for a past one; without --at it is now")


def _may_name_consumers(principals: Principals, me: Principal, spec: Spec) -> bool:
    return principals.works_in(me, spec.domain) or spec.owner in me.teams or principals.protects_data(me)


def _stands_on(world: World, spec: Spec, revision: str, *, everybody: bool) -> str:
    files = f"as of commit {revision[:12]}" if revision else "as they are"
    grants = "your own and those you answer for count" if knows_grants(world) else "there is no catalog to ask for them"
    told = f"by the files of this workspace, {files}; of grants, {grants}"
    return told if everybody else f"{told}; others are named to the people of {spec.domain} and data protection alone"


def changed(world: World, base: str) -> Iterator[AccessChange]:
    """Tell who gains or loses what beside a git revision, both decided at this moment."""
    return differences(_at(world, base), _now(world), world.clock())


def uncovered(world: World) -> tuple[int, tuple[Unheld, ...]]:
    """Find the policies that no test holds."""
    return unheld(world.specs, world.policies, world.policy_texts.tests, world.clock())


def _grants(world: World, asker: str, product: str) -> tuple[Grant, ...]:
    if not knows_grants(world):
        return ()
    grants = grants_of(world, asker)
    known = (*(view.grant for view in grants.listed("owned", product)), *grants.held())
    return tuple({grant.id: grant for grant in known}.values())


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
