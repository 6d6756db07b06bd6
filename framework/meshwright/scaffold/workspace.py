"""A new workspace: mesh.toml, the mesh's own policies, and keys."""

import getpass
import re
from pathlib import Path

from meshwright.io.keys import make_keys
from meshwright.names import segment
from meshwright.scaffold.files import render, write_new

POLICY_FILES = ("classes.toml", "purposes.toml", "mesh.cedar", "principals.toml")


def new_workspace(folder: Path, *, name: str | None = None, person: str | None = None) -> list[str]:
    """Make a workspace in a folder; the first person is whoever is logged in, in the team `founders`."""
    root = folder.resolve()
    mesh = segment(name or _clean(root.name) or "mesh", "mesh")
    who = segment(person or _clean(getpass.getuser()) or "me", "person")
    texts = {
        "mesh.toml": render("mesh.toml", mesh=mesh, person=who),
        ".gitignore": render("gitignore"),
        **{f"policies/{file}": render(file, mesh=mesh, person=who) for file in POLICY_FILES},
        "policies/tests/mesh.yaml": render("mesh_tests.yaml", mesh=mesh),
    }
    if (root / ".gitignore").exists():
        del texts[".gitignore"]
    written = write_new(root, texts)
    keys = ["wrote .mesh/keys.json"] if make_keys(root / ".mesh" / "keys.json") else []
    return [*written, *keys, f"you are {who!r}; next: mesh new product DOMAIN.PRODUCT --from FILE"]


def _clean(text: str) -> str:
    """Make a name out of a login or a folder: lower case, digits and underscores, a letter first."""
    return re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_").lstrip("0123456789_")[:63]
