"""Change the committed code of `access`, `read` and `masks` in a copy, one mistake at a time, and run its tests."""

import argparse
import json
import random
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from forked import preload, tested
from mutations import Mutant, mutants

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
PACKAGE = "framework/meshwright"


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
    preload()
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
