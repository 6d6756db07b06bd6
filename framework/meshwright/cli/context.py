"""What every command shares: the workspace asked for, and options that many commands take."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from typer import BadParameter, Option

if TYPE_CHECKING:
    from meshwright.mesh import Mesh
    from meshwright.mesh.reader import Reader

Json = Annotated[bool, Option("--json", help="Print one JSON document.")]
As = Annotated[
    str | None, Option("--as", envvar="MESH_PRINCIPAL", help="Who reads; default: the environment's principal.")
]
Catalog = Annotated[
    str | None,
    Option(
        "--catalog",
        envvar="MESH_CATALOG",
        help="A catalog's address, in place of a workspace; MESH_TOKEN says who asks.",
    ),
]
Major = Annotated[
    int | None, Option("--major", min=0, max=999_999_999, help="Of this major version; default: the newest.")
]
Purpose = Annotated[str | None, Option("--purpose", envvar="MESH_PURPOSE", help="Why: a purpose of the mesh.")]


@dataclass(frozen=True, slots=True)
class Session:
    """Where this command works."""

    workspace: Path | None
    env: str | None

    def root(self) -> Path:
        """Find the workspace's folder."""
        from meshwright.io.workspace import find_workspace

        return find_workspace((self.workspace or Path()).resolve())

    def open(self, principal: str | None = None, purpose: str | None = None) -> "Mesh":
        """Open the mesh of the workspace."""
        from meshwright.mesh import Mesh

        return Mesh.open(self.workspace, env=self.env, principal=principal, purpose=purpose)

    def reader(self, catalog: str | None, principal: str | None = None, purpose: str | None = None) -> "Reader":
        """Open the catalog at an address as the token's holder; without one, the mesh of the workspace."""
        from meshwright.mesh import Mesh

        if not catalog:
            return self.open(principal, purpose)
        if principal and principal != os.environ.get("MESH_PRINCIPAL"):
            raise BadParameter("at a catalog the token in MESH_TOKEN says who asks; leave --as out")
        return Mesh.open(catalog=catalog, purpose=purpose)
