"""Change the committed code of `access`, `read` and `masks` in a copy, one small mistake at a time, and run its tests.

Prints what survives without a reason in access_reasons.toml, and reasons that nothing needs any more; exits 1 then.
"""

import argparse
import json
import random
import sys
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from mutations import Mutant, mutants
from reasons import findings, reasons_of, report
from running import PACKAGE, code_of, copied, noticed, passes, preload
from taken import taken, unlisted

HERE = Path(__file__).parent
HEAD = """# Mutants of access, read and masks

Written by `{0}` on the code `{1}`: of {2} mutants {3} were run, {4} noticed by a test, and {5} survived.

Each ran against the files of `tests/framework/access` that `access.toml` names for it, without slow tests. The reasons
stand in `access_reasons.toml`; a survivor without one, and a reason without a survivor, fail the command."""


@dataclass(frozen=True)
class Plan:
    """All mutants there are, those that are run, and the test files of each file, fastest first."""

    made: tuple[Mutant, ...]
    chosen: tuple[Mutant, ...]
    tests: dict[str, tuple[str, ...]]


def plan(copy: Path, seeds: Iterable[int], share: float, only: str) -> Plan:
    """Choose mutants of each file by each seed."""
    listed = taken()
    if names := unlisted(copy / PACKAGE, listed):
        sys.exit(f"access.toml should list what is there, and nothing else: {', '.join(names)}")
    made = {name: mutants(name, (copy / PACKAGE / name).read_text(encoding="utf-8")) for name in listed}
    chosen: dict[str, Mutant] = {}
    for name in (name for name in listed if only in name):
        most = max(1, round(listed[name].number * share))
        for seed in seeds:
            drawn = random.Random(f"{seed} {name}").sample(made[name], len(made[name]))
            chosen |= {mutant.name: mutant for mutant in drawn[:most]}
    tests = {name: each.tests for name, each in listed.items()}
    return Plan(tuple(m for each in made.values() for m in each), tuple(chosen.values()), tests)


def run(copy: Path, planned: Plan, results: Path, asked: argparse.Namespace) -> dict[str, bool]:
    """Run what is chosen and has no result yet, or survived `--again`; keep each result as soon as it is known."""
    done = kept(results)
    fresh = [mutant for mutant in planned.chosen if mutant.name not in done]
    waiting = [mutant for mutant in planned.made if done.get(mutant.name) is False] if asked.again else fresh
    if waiting:
        passes(copy, sorted({test for m in waiting for test in planned.tests[m.file]}), 900)
    for mutant in waiting:
        started = time.monotonic()
        done[mutant.name] = noticed(copy, mutant, planned.tests[mutant.file], asked.seconds)
        with results.open("a", encoding="utf-8") as file:
            file.write(json.dumps({"mutant": mutant.name, "noticed": done[mutant.name]}) + "\n")
        seconds = f"{time.monotonic() - started:5.1f} s"
        print("noticed " if done[mutant.name] else "SURVIVED", seconds, mutant.name, flush=True)
    return done


def kept(results: Path) -> dict[str, bool]:
    """Read the results of an earlier run; the last one of a mutant counts."""
    if not results.exists():
        return {}
    lines = [json.loads(line) for line in results.read_text(encoding="utf-8").splitlines()]
    return {line["mutant"]: line["noticed"] for line in lines}


def title(planned: Plan, done: dict[str, bool], asked: argparse.Namespace, code: str) -> str:
    """Say what was run, and what came of it."""
    command = f"scripts/mutate-access --seed {' '.join(map(str, asked.seed))} --share {asked.share:g}"
    alive = sum(not dead for dead in done.values())
    return HEAD.format(command, code, len(planned.made), len(done), len(done) - alive, alive)


def main() -> None:
    """Run, tell, and exit 1 when a survivor has no reason or a reason no survivor."""
    parser = argparse.ArgumentParser(prog="scripts/mutate-access", description=__doc__)
    parser.add_argument("--seed", default=[1], type=int, nargs="+", help="which mutants are chosen (default: 1)")
    parser.add_argument("--share", default=1.0, type=float, help="share of the numbers in access.toml that is taken")
    parser.add_argument("--only", default="", help="only files with this in their path")
    parser.add_argument("--again", action="store_true", help="run the survivors of --results again, and nothing else")
    parser.add_argument("--seconds", default=120, type=float, help="seconds until a mutant counts as noticed")
    parser.add_argument(
        "--results", type=Path, help="where results are kept, to go on later (default: by the code that is changed)"
    )
    parser.add_argument("--report", type=Path, help="write the run as a page")
    asked = parser.parse_args()
    code = code_of()
    results = asked.results or Path(tempfile.gettempdir()) / f"mutants-{code}.jsonl"
    reasons = reasons_of(HERE / "access_reasons.toml")
    with tempfile.TemporaryDirectory() as folder:
        copy = copied(Path(folder))
        preload(copy)
        planned = plan(copy, asked.seed, asked.share, asked.only)
        done = run(copy, planned, results, asked)
    known = {mutant.name for mutant in planned.made}
    done = {name: dead for name, dead in done.items() if name in known}
    if asked.report:
        asked.report.write_text(report(title(planned, done, asked, code), planned.made, done, reasons), "utf-8")
    found = findings(known, done, reasons)
    print(*found, f"{sum(done.values())} of {len(done)} noticed, {len(found)} findings", sep="\n")
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
