"""Run tests on changed code in a process of its own, forked by one that has loaded other packages than ours."""

import os
import signal
import sys
import time
import traceback
from collections.abc import Sequence
from pathlib import Path

PRELOADED = (
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
TOO_LONG = 124


def preload() -> None:
    """Load what every mutant's tests need and no mutant changes."""
    for name in PRELOADED:
        __import__(name)
    sys.dont_write_bytecode = True


def tested(copy: Path, tests: Sequence[str], seconds: float) -> int:
    """Run tests in a forked process; give its exit code, or `TOO_LONG`."""
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
        sys.path[:0] = [str(copy / "framework"), str(copy / "catalog")]
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
