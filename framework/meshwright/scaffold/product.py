"""A new product: module, policy, policy tests and transform tests; from a template, or inferred from a file."""

import keyword
import sys
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import tomlkit

import meshwright
from meshwright.access import scaffold_policy
from meshwright.errors import AlreadyThere, InvalidName
from meshwright.infer import Inferred, infer
from meshwright.infer.text import block, from_import
from meshwright.io.files.sample import sample
from meshwright.io.workspace import read_workspace
from meshwright.mesh import contracts
from meshwright.mesh.world import World
from meshwright.names import own_product_id
from meshwright.scaffold.domain import enter_team, mesh_name, new_domain, team_name
from meshwright.scaffold.files import render, write_new
from meshwright.scaffold.inferred import inferred_module, inferred_test
from meshwright.scaffold.listing import add_product

SAMPLE = """{key},quantity,happened_at,recorded_at
1,3,2026-01-01T08:00:00Z,2026-01-01T09:00:00Z
2,5,2026-01-02T08:00:00Z,2026-01-02T09:00:00Z
"""

TAKEN = frozenset({*meshwright.__all__, "Annotated", "Decimal", "Literal", "Ge", "Gt"})
"""Names that a product's module imports."""


@dataclass(frozen=True, slots=True)
class Names:
    """How a product and what belongs to it are called."""

    id: str
    domain: str
    product: str
    package: str
    team: str

    @property
    def singular(self) -> str:
        """One of what the product has a row for."""
        name = self.product
        if name.endswith("ies"):
            return f"{name[:-3]}y"
        return name[:-1] if name.endswith("s") and not name.endswith(("ss", "us", "is")) else name

    @property
    def contract(self) -> str:
        """The contract's class."""
        name = "".join(part.capitalize() for part in self.singular.split("_"))
        return f"{name}Record" if name in TAKEN else name

    @property
    def values(self) -> dict[str, str]:
        """What templates fill in; heads and imports are laid out as `ruff format` does."""
        names = (self.contract, f"{self.contract}Row", self.product)
        source = ["Source", f'name="{self.id}_file"', "format=Csv()"]
        contract = ["Contract", f'id="{self.id}"', 'version="1.0.0"', 'on_fail="quarantine"']
        returns = f" -> Frame[{names[0]}]:"
        return {
            "imports": from_import(f"{self.package}.{self.product}", names),
            "key_column": block(
                f"    {self.singular}_id: Annotated", "[]", ["str", f'Key(entity="{self.singular}")'], indent=4
            ),
            "source_head": block(f"class {names[1]}", "()", source, ":"),
            "contract_head": block(f"class {names[0]}", "()", contract, ":"),
            "product_head": f'@product(owner="{self.team}", purpose="operations")\n'
            + block(f"def {self.product}", "()", [f"rows: Frame[{names[1]}]"], returns),
            "id": self.id,
            "product": self.product,
            "package": self.package,
            "team": self.team,
            "singular": self.singular,
            "title": self.product.replace("_", " ").capitalize(),
            "key": f"{self.singular}_id",
            "contract": self.contract,
            "source": f"{self.contract}Row",
            "source_name": f"{self.id}_file",
        }


def new_product(
    root: Path, name: str, *, source: Path | None = None, table: str | None = None, owner: str | None = None
) -> list[str]:
    """Scaffold a product that builds and whose tests pass as they are; its domain is made when it is missing."""
    domain, product = own_product_id(name)
    if keyword.iskeyword(product) or keyword.iskeyword(domain):
        raise InvalidName("product (a word of Python)", name)
    found = infer(sample(str(source), table=table)) if source is not None else None
    said = [] if (root / "domains" / domain).is_dir() else new_domain(root, domain, owner=owner)
    team = team_name(owner or _owner(root, domain))
    names = Names(name, domain, product, f"{mesh_name(root)}_{domain}", team)
    said += write_new(root, _texts(names, found))
    said += enter_team(root, domain, team)
    said.append(_list(root, names))
    said.append(_place(root, names, source))
    said += _policies(root, names)
    if found is not None:
        said += [f"  {path}: {suggested.name}: {suggested.evidence}" for path, suggested in found.personal.items()]
        said += [f"  note: {note}" for note in found.notes]
    return [*said, f"next: mesh build {name}"]


def _texts(names: Names, found: Inferred | None) -> Mapping[str, str]:
    folder = f"domains/{names.domain}"
    module, test = f"{folder}/{names.package}/{names.product}.py", f"{folder}/tests/test_{names.product}.py"
    if found is not None:
        return {module: inferred_module(found, names.values), test: inferred_test(found, names.values)}
    texts = {module: render("product.py", **names.values), test: render("test_product.py", **names.values)}
    return texts | {f"data/{names.id}.csv": SAMPLE.format(key=names.values["key"])}


def _owner(root: Path, domain: str) -> str:
    """Find the team that the policies give the domain to."""
    teams = tomllib.loads((root / "policies" / "principals.toml").read_text(encoding="utf-8")).get("teams", {})
    return next((name for name, team in teams.items() if team.get("domain") == domain), "founders")


def _list(root: Path, names: Names) -> str:
    path = root / "domains" / names.domain / names.package / "__init__.py"
    module = f"{names.package}.{names.product}"
    text = add_product(path.read_text(encoding="utf-8"), module, names.product, str(path.relative_to(root)))
    path.write_text(text, encoding="utf-8")
    return f"listed {names.id} in {path.relative_to(root).as_posix()}"


def _place(root: Path, names: Names, source: Path | None) -> str:
    """Say in mesh.toml where the source's file is."""
    path = root / "mesh.toml"
    document = tomlkit.parse(path.read_text(encoding="utf-8"))
    env = document["mesh"].get("env", "dev") if "mesh" in document else "dev"
    sources = (
        document.setdefault("env", tomlkit.table())
        .setdefault(env, tomlkit.table())
        .setdefault("sources", tomlkit.table())
    )
    where = _relative(root, source) if source is not None else f"data/{names.id}.csv"
    if names.values["source_name"] in sources:
        raise AlreadyThere(f"mesh.toml, source {names.values['source_name']!r}")
    sources[names.values["source_name"]] = where
    path.write_text(tomlkit.dumps(document), encoding="utf-8")
    return f"placed source {names.values['source_name']!r} at {where} in mesh.toml"


def _relative(root: Path, source: Path) -> str:
    absolute = source.resolve()
    return absolute.relative_to(root).as_posix() if absolute.is_relative_to(root) else str(absolute)


def _policies(root: Path, names: Names) -> list[str]:
    """Write the policy, its tests and the contract file, from the contract as it was written."""
    for module in [m for m in sys.modules if m.partition(".")[0] == names.package]:
        del sys.modules[module]
    world = World(read_workspace(root), lambda: datetime.now(UTC))
    cedar, tests = scaffold_policy(world.specs[names.id], world.policies)
    folder = f"domains/{names.domain}/policies"
    said = write_new(root, {f"{folder}/{names.product}.cedar": cedar, f"{folder}/tests/{names.product}.yaml": tests})
    return [*said, *(f"wrote {path}" for path in contracts.write(world))]
