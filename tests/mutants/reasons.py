"""Which mutants need no test, and why; and the report of a run."""

import tomllib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from mutations import Mutant


@dataclass(frozen=True)
class Reason:
    """Why mutants of one file are no holes in the tests; each is named by its function and its change."""

    file: str
    because: str
    mutants: tuple[str, ...]


def reasons_of(path: Path) -> dict[str, str]:
    """Read the reason of each mutant, by its name."""
    read = tomllib.loads(path.read_text(encoding="utf-8"))["harmless"]
    reasons = [Reason(each["file"], each["because"], tuple(each["mutants"])) for each in read]
    return {f"{each.file}: {name}": each.because for each in reasons for name in each.mutants}


def findings(known: Collection[str], results: Mapping[str, bool], reasons: Mapping[str, str]) -> list[str]:
    """List survivors without a reason, and reasons of mutants that a test notices or that are none any more."""
    survived = [f"SURVIVED {name}" for name, dead in results.items() if not dead and name not in reasons]
    gone = [f"REASON WITHOUT A MUTANT {name}" for name in reasons if name not in known]
    needless = [f"REASON FOR WHAT A TEST NOTICES {name}" for name in reasons if results.get(name)]
    return survived + gone + needless


def report(title: str, made: Sequence[Mutant], results: Mapping[str, bool], reasons: Mapping[str, str]) -> str:
    """Write a run as a page: numbers by file, then what survived, by reason."""
    files = sorted({each.file for each in made})
    rows = [_row(file, [m for m in made if m.file == file], results) for file in files]
    total = _row("all", made, results)
    survived = [m for m in made if results.get(m.name) is False]
    lines = [title, "", "| file | mutants there are | run | noticed | survived |", "|---|---:|---:|---:|---:|"]
    return "\n".join([*lines, *rows, total, "", "## Survivors", "", *_survivors(survived, reasons), ""])


def _row(file: str, made: Sequence[Mutant], results: Mapping[str, bool]) -> str:
    ran = [results[m.name] for m in made if m.name in results]
    return f"| {file} | {len(made)} | {len(ran)} | {sum(ran)} | {len(ran) - sum(ran)} |"


def _survivors(survived: Iterable[Mutant], reasons: Mapping[str, str]) -> list[str]:
    groups: dict[tuple[str, str], list[str]] = {}
    for mutant in survived:
        because = reasons.get(mutant.name, "**no reason yet: read it as a hole**")
        groups.setdefault((mutant.file, because), []).append(mutant.name.removeprefix(f"{mutant.file}: "))
    found: list[str] = []
    for (file, because), names in groups.items():
        found += [f"{file}: {because}", *(f"- {name}" for name in names), ""]
    return found
