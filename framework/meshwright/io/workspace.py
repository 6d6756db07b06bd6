"""The workspace: the folder with mesh.toml, what it says, and the domains it names."""

import importlib
import importlib.util
import os
import sys
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path
from traceback import extract_tb
from typing import Any
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, field_validator
from pydantic_core import PydanticCustomError

from meshwright.errors import BadSettings, DuplicateDomain, MeshError, NoWorkspace, UnloadableDomain, nearest
from meshwright.io.issuer.settings import OidcSettings
from meshwright.io.section import Section
from meshwright.names import segment

FILE = "mesh.toml"
GROUP = "meshwright.domains"


class CatalogSettings(Section):
    """Where the catalog is: a service at `url`, or a file that this process opens itself; `oidc`: whom it believes.

    `database` is the address of a PostgreSQL in place of the file. Its password stands in the variable PGPASSWORD or
    in the file that PGPASSFILE names, never here. A service reads tables below the environment's root and below
    `roots`, and nowhere else.
    """

    url: str | None = None
    path: str | None = None
    database: str | None = None
    roots: tuple[str, ...] = ()
    oidc: OidcSettings | None = None

    @field_validator("database")
    @classmethod
    def _without_secret(cls, address: str | None) -> str | None:
        """Take the address of a PostgreSQL; refuse one with a password, for mesh.toml is committed."""
        try:
            parts = urlsplit("postgresql:" if address is None else address)
            secret = parts.password is not None or "password" in parts.query.lower()
        except ValueError:
            raise PydanticCustomError("address", "is no address") from None
        if parts.scheme != "postgresql":
            raise PydanticCustomError("address", "is no address such as postgresql://USER@HOST/DATABASE")
        if secret:
            raise PydanticCustomError("address", "holds a password: put it into the variable PGPASSWORD")
        return address


class LineageSettings(Section):
    """Where lineage events go besides the catalog and .mesh/events.ndjson: a transport of openlineage-python."""

    transport: Mapping[str, Any] | None = None


class Environment(Section):
    """One place to work: where tables are written, and where inputs come from."""

    root: str = "lake"
    reads: str | None = None
    principal: str | None = None
    purpose: str | None = None
    sources: Mapping[str, str | tuple[str, ...]] = Field(default_factory=dict)
    catalog: CatalogSettings = CatalogSettings()
    lineage: LineageSettings = LineageSettings()
    storage_options: Mapping[str, str] = Field(default_factory=dict)


class MeshSection(Section):
    """What holds in every environment."""

    name: str = "mesh"
    env: str = "dev"
    domains: tuple[str, ...] = ("domains/*",)
    policies: str = "policies"
    contracts: str = "contracts"


class Settings(Section):
    """Everything mesh.toml says."""

    mesh: MeshSection = MeshSection()
    env: Mapping[str, Environment] = Field(default_factory=lambda: {"dev": Environment()})


@dataclass(frozen=True, slots=True)
class Place:
    """Where a domain is declared: `target` is `module:attribute`, `folder` the distribution's own if it has one."""

    name: str
    target: str
    folder: Path | None


@dataclass(frozen=True, slots=True)
class Workspace:
    """A folder with mesh.toml, read for one environment."""

    root: Path
    settings: Settings
    env: str

    @property
    def here(self) -> Environment:
        """The environment in use."""
        return self.settings.env[self.env]

    @property
    def state(self) -> Path:
        """The folder for keys, catalog file and outbox; readable by its owner alone."""
        return self.root / ".mesh"

    @property
    def catalog_file(self) -> Path:
        """The embedded catalog's file; an environment that names none has one of its own."""
        usual = "catalog.db" if self.env == self.settings.mesh.env else f"catalog-{self.env}.db"
        return Path(self.place(self.here.catalog.path or f".mesh/{usual}"))

    @property
    def catalog_place(self) -> Path | tuple[str, Path]:
        """The embedded catalog's file; or the address of a database, and a folder for the index to search it by."""
        address = self.here.catalog.database
        return (address, self.state / f"catalog-{self.env}-database.index") if address else self.catalog_file

    def exposed(self) -> tuple[Path, ...]:
        """List what lies in the state folder, and the folder itself, that others than the owner may read."""
        if os.name != "posix" or not self.state.is_dir() or not self.state.stat().st_mode & 0o077:
            return ()  # nobody gets past a closed folder
        return (self.state, *(f for f in sorted(self.state.iterdir()) if f.stat().st_mode & 0o077))

    def place(self, relative: str) -> str:
        """Resolve a place from mesh.toml: an address as it is, a path from the workspace."""
        return relative if "://" in relative else str((self.root / relative).resolve())


def find_workspace(start: Path) -> Path:
    """Return the nearest folder, from `start` upwards, that holds mesh.toml."""
    for folder in (start, *start.parents):
        if (folder / FILE).is_file():
            return folder
    raise NoWorkspace(start)


def read_workspace(root: Path, env: str | None = None) -> Workspace:
    """Read mesh.toml for one environment: the one asked for, MESH_ENV, or the file's own default."""
    try:
        settings = Settings.model_validate(tomllib.loads((root / FILE).read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadSettings(FILE, str(error)) from None
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        raise BadSettings(FILE, f"[{'.'.join(map(str, first['loc']))}] {first['msg']}") from None
    name = env or os.environ.get("MESH_ENV") or settings.mesh.env
    for known, each in settings.env.items():
        segment(known, "environment")
        if each.reads is not None and each.reads not in settings.env:
            raise BadSettings(FILE, f"[env.{known}] reads {each.reads!r}{nearest(each.reads, settings.env)}")
    if name not in settings.env:
        raise BadSettings(FILE, f"no environment {name!r}{nearest(name, settings.env)}")
    return Workspace(root, settings, name)


def domain_places(workspace: Workspace) -> tuple[Place, ...]:
    """List the domains of the workspace's folders, then the installed ones; one name from two places is an error."""
    found: dict[str, Place] = {}
    for place in _folders(workspace):
        if place.name in found:
            raise DuplicateDomain(place.name, [str(found[place.name].folder), str(place.folder)])
        found[place.name] = place
    for entry in entry_points(group=GROUP):
        if entry.name in found:
            _refuse_other_copy(found[entry.name], entry.value)
        else:
            found[entry.name] = Place(segment(entry.name, "domain"), entry.value, None)
    return tuple(found[name] for name in sorted(found))


def _folders(workspace: Workspace) -> Iterator[Place]:
    for pattern in workspace.settings.mesh.domains:
        for file in sorted(workspace.root.glob(f"{pattern}/pyproject.toml")):
            try:
                project = tomllib.loads(file.read_text(encoding="utf-8")).get("project", {})
            except tomllib.TOMLDecodeError as error:
                raise BadSettings(str(file.relative_to(workspace.root)), str(error)) from None
            for name, target in project.get("entry-points", {}).get(GROUP, {}).items():
                yield Place(segment(name, "domain"), target, file.parent)


def _refuse_other_copy(place: Place, target: str) -> None:
    """Accept an editable install of the very folder; refuse a second copy elsewhere."""
    module = target.partition(":")[0]
    if target != place.target:
        raise DuplicateDomain(place.name, [str(place.folder), f"the installed {target}"])
    spec = importlib.util.find_spec(module.partition(".")[0])
    origin = Path(spec.origin).resolve() if spec and spec.origin else None
    if origin and place.folder and not origin.is_relative_to(place.folder.resolve()):
        raise DuplicateDomain(place.name, [str(place.folder), str(origin.parent)])


def load_domain(place: Place) -> object:
    """Import the object that a domain's entry point names; its folder goes to the front of the import path."""
    if place.folder is not None and str(place.folder) not in sys.path:
        sys.path.insert(0, str(place.folder))
    module, _, attribute = place.target.partition(":")
    try:
        found: object = getattr(importlib.import_module(module), attribute or "domain")
    except MeshError as error:
        problem, hint = f"{error.where}: {error.problem}", error.hint
        raise UnloadableDomain(place.name, problem, _line(error, place), hint) from error
    except (ImportError, AttributeError, SyntaxError, NameError) as error:
        raise UnloadableDomain(place.name, f"{type(error).__name__}: {error}", _line(error, place)) from error
    except (Exception, SystemExit) as error:  # a package may do anything when it is imported
        raise UnloadableDomain(place.name, type(error).__name__, _line(error, place)) from error
    return found


def _line(error: BaseException, place: Place) -> str:
    """Name the last line of the domain's own files that an error came through."""
    if isinstance(error, SyntaxError) or place.folder is None:
        return ""  # a syntax error names its line itself
    folder = place.folder.resolve()
    steps = [(Path(step.filename), step.lineno) for step in extract_tb(error.__traceback__)]
    own = [f"{file.relative_to(folder).as_posix()}:{line}" for file, line in steps if file.is_relative_to(folder)]
    return own[-1] if own else ""
