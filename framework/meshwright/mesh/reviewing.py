"""Access rules as a whole: now, at a git revision, and the difference."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from meshwright.access import Principal, Principals, policies_of
from meshwright.access.review import AccessChange, Rules, Sought, Unheld, differences, unheld, who_can
from meshwright.errors import NobodyAsks, PastUnknown, UnknownMajor, UnknownProduct
from meshwright.grants import Grant
from meshwright.io.git import files_at, revision_at
from meshwright.mesh.contracts import specs_at
from meshwright.mesh.discovering import findable
from meshwright.mesh.granting import grants_of, knows_grants
from meshwright.mesh.world import World
from meshwright.ports import PolicyTexts
from meshwright.registry import WhoCan, WhoCanQuery
from meshwright.spec import Spec


def who(world: World, asker: str | None, product: str, asked: WhoCanQuery) -> WhoCan:
    """List who may see a product, or could at a past moment.

    Where a catalog knows the product, it is what the gateway decides, or decided then; else what the files of the
    workspace say, or git's of that time. Consumers are named to the product's own domain, its owners and data
    protection; everybody else is told of themselves. Grants count as far as the asker may know them.
    """
    if asker is None:
        raise NobodyAsks
    principals = world.policies.principals
    me = principals.find(asker, "service" if asker in principals.services else "user")
    known = findable(world, me, product)
    later = ""
    if knows_grants(world):
        try:
            return _by_catalog(world, me, product, asked)
        except UnknownProduct:
            later = "; the catalog does not know the product"
        except PastUnknown:
            later = "; the catalog knows it only since later"
    found = _by_files(world, me, product, asked, known)
    return found.model_copy(update={"stands_on": found.stands_on + later})


def _by_catalog(world: World, me: Principal, product: str, asked: WhoCanQuery) -> WhoCan:
    """Ask the catalog; git may know the mesh's own rules of a past moment, and longer than a catalog does."""
    rules, of_then = None, ""
    if asked.at is not None and world.workspace.here.catalog.url is None:
        try:
            revision = revision_at(world.workspace.root, asked.at)
            rules, of_then = _at(world, revision).policies, f"; by the mesh's rules of commit {revision[:12]}"
        except PastUnknown:
            rules = None
    found = world.sights(me, product, asked, rules)
    entry = world.registry(me).find(product, asked.major)
    own = world.specs.get(product)
    built_here = entry is not None and own is not None and own.major == entry.spec.major
    here = world.policy_texts.products.get(product) if built_here else None
    differs = asked.at is None and entry is not None and entry.whole and here not in (None, entry.policies)
    unbuilt = "; the policies in this workspace are others, and decide nothing before they are built" if differs else ""
    beside = _built_here(world, me, product, asked) if built_here and asked.at is None else ""
    return found.model_copy(update={"stands_on": f"{found.stands_on}{of_then}{unbuilt}{beside}"})


def _built_here(world: World, me: Principal, product: str, asked: WhoCanQuery) -> str:
    """Name the builds of this workspace that read a product of it: they hold its storage, and ask no gateway."""
    known = world.policies.principals
    if product not in world.specs or not _may_name_consumers(known, me, world.specs[product]):
        return ""
    builds = {name: known.services[name] for name in known.derived}
    rules = replace(world.policies, principals=replace(known, users={}, services=builds))
    sought, grants = Sought(asked.column, asked.level), _grants(world, me.name, product)
    found = who_can(world.specs[product], rules, world.clock(), sought, grants)
    services = (each.principal.partition(":") for each in found)
    named = sorted({name for kind, _, name in services if kind == "service"} - {product})
    return f"; builds of this workspace read it from the storage itself: {', '.join(named)}" if named else ""


def _by_files(world: World, me: Principal, product: str, asked: WhoCanQuery, known: Sequence[str]) -> WhoCan:
    at = asked.at
    revision = "" if at is None else revision_at(world.workspace.root, at)
    rules = _at(world, revision) if revision else _now(world)
    if product not in rules.specs:
        if at is not None and product in world.specs:
            raise PastUnknown(at, f"there was no contract of {product} yet", "ask for a later time")
        raise UnknownProduct(product, known)
    spec = rules.specs[product]
    if asked.major not in {None, spec.major}:
        raise UnknownMajor(product, asked.major or 0, f"by the files it is {spec.major}")
    everybody = _may_name_consumers(world.policies.principals, me, spec)
    sought, now = Sought(asked.column, asked.level), at or world.clock()
    found = who_can(spec, rules.policies, now, sought, _grants(world, me.name, product))
    sights = tuple(each for each in found if everybody or each.principal == f"{me.kind}:{me.name}")
    return WhoCan(sights=sights, stands_on=_stands_on(world, spec, revision, everybody=everybody))


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
    return unheld(world.specs, world.policies, world.policy_texts, world.clock())


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
