"""Which files are changed, and the tests that should notice: what access.toml says of each."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

from running import CHANGED


@dataclass(frozen=True)
class Taken:
    """How many mutants of a file are taken at a share of 1, and the test files that hold it, fastest first."""

    number: int
    tests: tuple[str, ...]


def taken() -> dict[str, Taken]:
    """Read what is said of each file, by its path in the package."""
    said = tomllib.loads((Path(__file__).parent / "access.toml").read_text(encoding="utf-8"))
    return {
        name: Taken(number, tuple(f"{said['commons']}/{test}.py" for test in tests))
        for name, (number, *tests) in said["take"].items()
    }


def unlisted(package: Path, listed: dict[str, Taken]) -> list[str]:
    """List files that nothing is said of, and those that are gone; an `__init__` only hands names on."""
    files = {path.relative_to(package).as_posix() for part in CHANGED for path in (package / part).rglob("*.py")}
    return sorted({name for name in files if not name.endswith("__init__.py")}.symmetric_difference(listed))
