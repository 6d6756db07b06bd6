"""Plant the mistakes of `lineage.toml` in a copy of this checkout, one at a time, and run the tests of lineage on each.

Exits 1 when no test notices one of them, or when the code no longer holds the text that it changes.
"""

import argparse
import shutil
import sys
import tempfile
import time
import tomllib
from dataclasses import dataclass
from pathlib import Path

from forked import preload, tested

ROOT = Path(__file__).parents[2]
PACKAGE = "framework/meshwright"
COPIED = ("framework", "tests/framework", "tests/support", "conftest.py", "pyproject.toml")
FIRST = ("tests/framework/test_lineage.py", "tests/framework/test_lineage_kinds.py")
THEN = tuple(
    f"tests/framework/test_lineage_{part}.py"
    for part in ("functions", "declassify", "people", "labels", "nested", "soundness")
)
"""The tests that should notice: most mistakes fall to the first ones."""


@dataclass(frozen=True, slots=True)
class Planted:
    """One mistake: `text`, which stands once in `file`, is written as `becomes`; `of` is what it is about."""

    of: str
    what: str
    file: str
    text: str
    becomes: str

    @property
    def name(self) -> str:
        """Name it by what it is about and what goes wrong."""
        return f"{self.of}: {self.what}"

    def found(self, root: Path) -> int:
        """Count how often the text stands in the file."""
        return (root / PACKAGE / self.file).read_text(encoding="utf-8").count(self.text)


def planted() -> tuple[Planted, ...]:
    """Read the list."""
    text = Path(__file__).with_name("lineage.toml").read_text(encoding="utf-8")
    return tuple(Planted(**row) for row in tomllib.loads(text)["mutant"])


def noticed(copy: Path, mutant: Planted, seconds: float) -> bool:
    """Run the tests on one mistake; tests that hang have noticed it, too."""
    path = copy / PACKAGE / mutant.file
    source = path.read_text(encoding="utf-8")
    path.write_text(source.replace(mutant.text, mutant.becomes), encoding="utf-8")
    try:
        return tested(copy, FIRST, seconds) != 0 or tested(copy, THEN, seconds) != 0
    finally:
        path.write_text(source, encoding="utf-8")


def copied(folder: Path) -> Path:
    """Copy what the tests of lineage need, as it stands here."""
    for name in COPIED:
        here, there = ROOT / name, folder / name
        if here.is_dir():
            shutil.copytree(here, there, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(here, there)
    return folder


def main() -> int:
    """Run what is chosen and tell of each; give 1 when one was not noticed."""
    parser = argparse.ArgumentParser(prog="scripts/mutate-lineage", description=__doc__)
    parser.add_argument("--only", default="", help="only mistakes with this in their name")
    parser.add_argument("--seconds", default=120, type=float, help="seconds until one counts as noticed")
    asked = parser.parse_args()
    chosen = [m for m in planted() if asked.only in m.name]
    lost = [m for m in chosen if m.found(ROOT) != 1]
    for mutant in lost:
        print(f"{mutant.file} does not hold the text once: {mutant.name}")
    preload()
    alive: list[Planted] = []
    with tempfile.TemporaryDirectory() as folder:
        copy = copied(Path(folder))
        if code := tested(copy, (*FIRST, *THEN), 900):
            print(f"the tests fail without any mistake ({code}):\n{(copy / 'said.txt').read_text()[-2000:]}")
            return 1
        for mutant in (m for m in chosen if m not in lost):
            started = time.monotonic()
            dead = noticed(copy, mutant, asked.seconds)
            alive += [] if dead else [mutant]
            print("noticed " if dead else "SURVIVED", f"{time.monotonic() - started:5.1f} s", mutant.name, flush=True)
    print(f"{len(chosen) - len(alive) - len(lost)} of {len(chosen)} noticed")
    return 1 if alive or lost else 0


if __name__ == "__main__":
    sys.exit(main())
