"""Both type checkers accept what is right and reject every planted mistake, on its very line."""

import json
import re
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
BIN = Path(sys.executable).parent
ACCEPTED, REJECTED = HERE / "accepted.py", HERE / "rejected.py"

Check = Callable[[], dict[Path, set[int]]]
"""The lines of each file that one run of a type checker finds fault with."""


def run(*command: str | Path) -> str:
    environment = {"PATH": f"{BIN}:/usr/bin:/bin", "MYPYPATH": str(HERE)}
    return subprocess.run(command, cwd=ROOT, env=environment, check=False, capture_output=True, text=True).stdout


@cache
def mypy() -> dict[Path, set[int]]:
    printed = run(sys.executable, "-m", "mypy", "--no-pretty", "--hide-error-context", ACCEPTED, REJECTED)
    assert re.search(r"^Found \d+ errors? in 1 file|^Found \d+ errors? in 2 files", printed, re.MULTILINE), printed
    places = re.findall(r"^([^:\n]+):(\d+): error", printed, re.MULTILINE)
    return {file: {int(line) for name, line in places if ROOT / name == file} for file in (ACCEPTED, REJECTED)}


@cache
def basedpyright() -> dict[Path, set[int]]:
    """Check the folder with a configuration of its own: the project's leaves the planted mistakes out."""
    printed = run(sys.executable, "-m", "basedpyright", "--project", HERE / "pyrightconfig.json", "--outputjson")
    found = json.loads(printed)
    assert found["summary"]["filesAnalyzed"] == len(list(HERE.glob("*.py")))
    places = [(Path(each["file"]), each["range"]["start"]["line"] + 1) for each in found["generalDiagnostics"]]
    return {file: {line for path, line in places if path == file} for file in (ACCEPTED, REJECTED)}


CHECKERS = pytest.mark.parametrize("check", [mypy, basedpyright])


@CHECKERS
def test_what_is_right_is_accepted(check: Check) -> None:
    assert set() == check()[ACCEPTED]


@CHECKERS
def test_every_planted_mistake_is_rejected_and_nothing_else(check: Check) -> None:
    lines = REJECTED.read_text(encoding="utf-8").splitlines()
    marked = {number for number, line in enumerate(lines, 1) if "# rejected: " in line}

    assert len(marked) > 15
    assert marked == check()[REJECTED]
