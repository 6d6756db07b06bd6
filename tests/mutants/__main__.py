"""Change the committed code of `access`, `read` and `masks` in a copy, one small mistake at a time, and run its tests.

Each mutant runs in a process of its own, forked by one that has loaded other people's packages and none of ours.
"""

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import tomllib
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from mutations import Mutant, mutants

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
PACKAGE = "framework/meshwright"
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
)


@dataclass(frozen=True)
class Plan:
    """Which mutants to run, and against which test files each."""

    mutants: tuple[Mutant, ...]
    tests: dict[str, tuple[str, ...]]


def plan(copy: Path, seed: int, share: float, only: str) -> Plan:
    """Choose mutants of each file by seed."""
    settings = tomllib.loads((HERE / "access.toml").read_text(encoding="utf-8"))
    chosen: list[Mutant] = []
    tests: dict[str, tuple[str, ...]] = {}
    for name, (most, *files) in settings["take"].items():
        path = f"{PACKAGE}/{name}"
        tests[path] = tuple(f"{settings['commons']}/{file}.py" for file in files)
        made = mutants(path, (copy / path).read_text(encoding="utf-8"))
        order = random.Random(f"{seed} {name}").sample(made, len(made))
        if only in path:
            chosen += order[: max(1, round(most * share))]
    return Plan(tuple(chosen), tests)


def killed(copy: Path, mutant: Mutant, tests: Sequence[str], seconds: float) -> bool:
    """Run tests on one mutant; tests that hang have noticed it, too."""
    path = copy / mutant.file
    source = path.read_text(encoding="utf-8")
    path.write_text(mutant.applied(source), encoding="utf-8")
    try:
        return tested(copy, tests, seconds) != 0
    finally:
        path.write_text(source, encoding="utf-8")


def tested(copy: Path, tests: Sequence[str], seconds: float) -> int:
    """Run tests in a forked process; give its exit code, or 124 when it took too long."""
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
    return 124


def _run(copy: Path, tests: Sequence[str]) -> None:
    code = 3
    try:
        os.chdir(copy)
        said = os.open(copy / "said.txt", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(said, 1)
        os.dup2(said, 2)
        sys.path[:0] = [str(copy / "framework"), str(copy / "catalog")]
        import pytest

        loaded = "ignore::pytest.PytestAssertRewriteWarning"  # hypothesis was imported before pytest began
        code = int(pytest.main(["-q", "-x", "-p", "no:cacheprovider", "-W", loaded, "--no-header", *tests]))
    except BaseException:  # noqa: BLE001 - nothing of the parent may run in the child
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def copied(folder: Path) -> Path:
    """Copy what is committed, compiled except for the files that are changed."""
    archive = subprocess.run(["git", "archive", "HEAD"], cwd=ROOT, check=True, capture_output=True)
    subprocess.run(["tar", "-x", "-C", str(folder)], input=archive.stdout, check=True)
    subprocess.run([sys.executable, "-m", "compileall", "-q", "framework", "tests", "catalog"], cwd=folder, check=False)
    for part in ("access", "read", "masks"):
        for cache in (folder / PACKAGE / part).rglob("__pycache__"):
            shutil.rmtree(cache)
    return folder


def main() -> None:
    """Run what is chosen, and keep each result as a line of JSON as soon as it is known."""
    parser = argparse.ArgumentParser(prog="scripts/mutate-access", description=__doc__)
    parser.add_argument("--seed", default=1, type=int, help="which mutants are chosen (default: %(default)s)")
    parser.add_argument("--share", default=1.0, type=float, help="share of the numbers in access.toml that is taken")
    parser.add_argument("--only", default="", help="only files with this in their path")
    parser.add_argument("--again", action="store_true", help="run the survivors of --results again, and nothing else")
    parser.add_argument("--seconds", default=120, type=float, help="seconds until a mutant counts as noticed")
    parser.add_argument("--results", type=Path, default=Path(tempfile.gettempdir()) / "mutants.jsonl")
    asked = parser.parse_args()
    for name in PRELOADED:
        __import__(name)
    sys.dont_write_bytecode = True
    done = _kept(asked.results)
    with tempfile.TemporaryDirectory() as folder:
        copy = copied(Path(folder))
        chosen = plan(copy, asked.seed, asked.share, asked.only)
        if code := tested(copy, sorted({file for m in chosen.mutants for file in chosen.tests[m.file]}), 900):
            sys.exit(f"the tests fail without any mutant ({code}):\n{(copy / 'said.txt').read_text()[-2000:]}")
        for mutant in chosen.mutants:
            if mutant.name in done and (done[mutant.name] or not asked.again):
                continue
            if mutant.name not in done and asked.again:
                continue
            started = time.monotonic()
            dead = killed(copy, mutant, chosen.tests[mutant.file], asked.seconds)
            done[mutant.name] = dead
            with asked.results.open("a", encoding="utf-8") as kept:
                kept.write(json.dumps({"mutant": mutant.name, "killed": dead}) + "\n")
            print("killed  " if dead else "SURVIVED", f"{time.monotonic() - started:5.1f} s", mutant.name, flush=True)
    print(f"{sum(done.values())} of {len(done)} noticed")


def _kept(results: Path) -> dict[str, bool]:
    if not results.exists():
        return {}
    lines = [json.loads(line) for line in results.read_text(encoding="utf-8").splitlines()]
    return {line["mutant"]: line["killed"] for line in lines}


if __name__ == "__main__":
    main()
