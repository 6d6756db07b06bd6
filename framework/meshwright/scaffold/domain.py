"""A new domain: one distribution with a package, policies and tests."""

import re
import tomllib
from pathlib import Path
from typing import Any

import tomlkit

from meshwright.errors import InvalidName
from meshwright.names import segment
from meshwright.scaffold.files import render, write_new

DEFAULT_TEAM = "founders"
_TEAM = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")


def new_domain(root: Path, name: str, *, owner: str | None = None) -> list[str]:
    """Scaffold `domains/<name>`, and a team of the owner's name when the mesh has none yet."""
    segment(name, "domain")
    mesh = mesh_name(root)
    package = f"{mesh}_{name}"
    team = team_name(owner or f"{name.replace('_', '-')}-team")
    values = {"domain": name, "package": package, "distribution": package.replace("_", "-"), "team": team}
    texts = {
        f"domains/{name}/pyproject.toml": render("pyproject.toml", **values),
        f"domains/{name}/README.md": render("domain_readme.md", **values),
        f"domains/{name}/{package}/__init__.py": render("package.py", **values),
    }
    written = write_new(root, texts)
    return [*written, *_enter_tests(root, name), *enter_team(root, name, team)]


def _enter_tests(root: Path, domain: str) -> list[str]:
    """Let `pytest` run in the workspace's folder, too: two domains may each have a test_orders.py."""
    path = root / "pytest.ini"
    ours = render("pytest.ini")
    found = path.read_text(encoding="utf-8") if path.exists() else ours
    if not found.startswith(ours.partition("\n")[0]):
        return []
    path.write_text(f"{found.rstrip()}\n    domains/{domain}\n", encoding="utf-8")
    return [f"listed domains/{domain} in pytest.ini"]


def mesh_name(root: Path) -> str:
    """Read the mesh's name, which begins the name of every domain's package."""
    settings = tomllib.loads((root / "mesh.toml").read_text(encoding="utf-8"))
    return segment(settings.get("mesh", {}).get("name", "mesh"), "mesh")


def team_name(name: str) -> str:
    """Return a team's name that may stand in code, TOML and policies; raise `InvalidName` for another."""
    if not _TEAM.fullmatch(name):
        raise InvalidName("team", name)
    return name


def enter_team(root: Path, domain: str, team: str) -> list[str]:
    """Enter the owning team, with everybody of the founders in it, so that somebody can read from the start."""
    path = root / "policies" / "principals.toml"
    document: Any = tomlkit.parse(path.read_text(encoding="utf-8"))
    teams = document.setdefault("teams", tomlkit.table())
    if team in teams:
        return []
    table = tomlkit.table()
    table["domain"] = domain
    table["purposes"] = ["analytics", "operations"]
    teams[team] = table
    for user in document.get("users", {}).values():
        if DEFAULT_TEAM in user.get("teams", []):
            user["teams"].append(team)
    path.write_text(tomlkit.dumps(document), encoding="utf-8")
    return [f"added team {team!r} to policies/principals.toml"]
