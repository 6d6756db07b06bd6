"""Run tests on one mutant: in a copy of the committed code, forked from a process that has loaded what all share."""

import hashlib
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from forked import PRELOADED, tested
from mutations import Mutant

ROOT = Path(__file__).parents[2]
PACKAGE = "framework/meshwright"
CHANGED = ("access", "read", "masks")
OURS = ("spec", "dtypes", "errors", "names", "markers", "ports", "query", "registry", "grants", "rejected")
"""Modules of ours that import nothing of what is changed."""


def code_of() -> str:
    """Name the committed code that is changed; it stays the same while that does, whatever else is committed."""
    trees = [f"HEAD:{PACKAGE}/{part}" for part in CHANGED]
    found = subprocess.run(["git", "rev-parse", *trees], cwd=ROOT, check=True, capture_output=True)
    return hashlib.sha256(found.stdout).hexdigest()[:12]


def copied(folder: Path) -> Path:
    """Copy what is committed, and compile it."""
    archive = subprocess.run(["git", "archive", "HEAD"], cwd=ROOT, check=True, capture_output=True)
    subprocess.run(["tar", "-x", "-C", str(folder)], input=archive.stdout, check=True)
    subprocess.run([sys.executable, "-m", "compileall", "-q", "framework", "catalog"], cwd=folder, check=False)
    return folder


def preload(copy: Path) -> None:
    """Import other people's packages, and of ours what no mutant reaches."""
    sys.path[:0] = [str(copy / "framework"), str(copy / "catalog")]
    for name in (*PRELOADED, *(f"meshwright.{each}" for each in OURS)):
        __import__(name)
    reached = [name for name in sys.modules if name.startswith(tuple(f"meshwright.{part}" for part in CHANGED))]
    if reached:
        sys.exit(f"no mutant of these would be seen: {', '.join(reached)}")


def passes(copy: Path, tests: Sequence[str], seconds: float) -> None:
    """Run the tests without a mutant, compiling them, and exit when they fail."""
    code = tested(copy, tests, seconds)
    for part in CHANGED:  # Python would take a compiled form for a text of the same second and size
        for cache in (copy / PACKAGE / part).rglob("__pycache__"):
            shutil.rmtree(cache)
    sys.dont_write_bytecode = True
    if code:
        sys.exit(f"the tests fail without any mutant ({code}):\n{(copy / 'said.txt').read_text()[-2000:]}")


def noticed(copy: Path, mutant: Mutant, tests: Sequence[str], seconds: float) -> bool:
    """Run tests on one mutant; tests that hang have noticed it, too."""
    path = copy / PACKAGE / mutant.file
    source = path.read_text(encoding="utf-8")
    path.write_text(mutant.applied(source), encoding="utf-8")
    try:
        return tested(copy, tests, seconds) != 0
    finally:
        path.write_text(source, encoding="utf-8")
