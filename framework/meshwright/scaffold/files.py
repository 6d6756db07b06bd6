"""Write scaffolded files, never over something that is there."""

from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from string import Template

from meshwright.errors import AlreadyThere


def render(template: str, **values: str) -> str:
    """Fill one of the packaged templates; a name that it does not know or that is missing is an error."""
    return Template(
        files("meshwright.scaffold").joinpath("templates", f"{template}.txt").read_text("utf-8")
    ).substitute(values)


def write_new(root: Path, texts: Mapping[str, str]) -> list[str]:
    """Write each file below `root`, all of them or none; return a line for each."""
    for name in texts:
        if (root / name).exists():
            raise AlreadyThere(name)
    for name, text in texts.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return [f"wrote {name}" for name in texts]
