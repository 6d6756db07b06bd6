"""Run tests on one mutant: in a copy of the committed code, forked from a process that has loaded what all share."""

import hashlib
import os
import shutil
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Sequence
from pathlib import Path

from mutations import Mutant

ROOT = Path(__file__).parents[2]
PACKAGE = "framework/meshwright"
CHANGED = ("access", "read", "masks")
OTHERS = (
    "polars",
    "polars_hash",
    "cedarpy",
    "pydantic",
    "hypothesis",
    "pytest",
    "pyarrow",
    "httpx",
    "jwt",
    "deltalake",
    "_hypothesis_pytestplugin",
    "pytest_timeout",
)
OURS = ("spec", "dtypes", "errors", "names", "markers", "ports", "query", "registry", "grants", "rejected")
"""Modules of ours that import nothing of what is changed."""
TOO_LONG = 124


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
    for name in (*OTHERS, *(f"meshwright.{each}" for each in OURS)):
        __import__(name)
    reached = [name for name in sys.modules if name.startswith(tuple(f"meshwright.{part}" for part in CHANGED))]
    if reached:
        sys.exit(f"no mutant of these would be seen: {', '.join(reached)}")


def passes(copy: Path, tests: Sequence[str], seconds: float) -> None:
    """Run the tests without a mutant, compiling them, and exit when they fail."""
    code = _tested(copy, tests, seconds)
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
        return _tested(copy, tests, seconds) != 0
    finally:
        path.write_text(source, encoding="utf-8")


def _tested(copy: Path, tests: Sequence[str], seconds: float) -> int:
    """Run tests in a forked process; give its exit code."""
    child = os.fork()
    if child == 0:
        os.setsid()
        _run(copy, tests)
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.02)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return TOO_LONG


def _run(copy: Path, tests: Sequence[str]) -> None:
    code = 3
    try:
        os.chdir(copy)
        said = os.open(copy / "said.txt", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(said, 1)
        os.dup2(said, 2)
        import pytest

        os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"  # loading what is not used takes longer than most tests
        plugins = ("_hypothesis_pytestplugin", "pytest_timeout", "no:cacheprovider")
        loaded = "ignore::pytest.PytestAssertRewriteWarning"  # hypothesis was imported before pytest began
        options = ["-q", "-x", "-W", loaded, "--no-header", *(f"-p{each}" for each in plugins)]
        code = int(pytest.main([*options, *tests]))
    except BaseException:  # noqa: BLE001 - nothing of the parent may run in the child
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
