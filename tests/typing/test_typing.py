"""Both type checkers accept what is right and reject every planted mistake, on its very line."""

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
BIN = Path(sys.executable).parent


def run(*command: str | Path) -> str:
    environment = {"PATH": f"{BIN}:/usr/bin:/bin", "MYPYPATH": str(HERE)}
    return subprocess.run(command, cwd=ROOT, env=environment, check=False, capture_output=True, text=True).stdout


def mypy(file: Path) -> set[int]:
    printed = run(sys.executable, "-m", "mypy", "--no-pretty", "--hide-error-context", file)
    lines = re.findall(rf"^{re.escape(str(file.relative_to(ROOT)))}:(\d+): error", printed, re.MULTILINE)
    assert lines or "Success" in printed, printed
    return {int(line) for line in lines}


def basedpyright(file: Path) -> set[int]:
    """Check the folder with a configuration of its own: the project's leaves the planted mistakes out."""
    printed = run(sys.executable, "-m", "basedpyright", "--project", HERE / "pyrightconfig.json", "--outputjson")
    found = json.loads(printed)
    assert found["summary"]["filesAnalyzed"] == len(list(HERE.glob("*.py")))
    return {each["range"]["start"]["line"] + 1 for each in found["generalDiagnostics"] if Path(each["file"]) == file}


CHECKERS = pytest.mark.parametrize("check", [mypy, basedpyright])


@CHECKERS
def test_what_is_right_is_accepted(check: Callable[[Path], set[int]]) -> None:
    assert set() == check(HERE / "accepted.py")


@CHECKERS
def test_every_planted_mistake_is_rejected_and_nothing_else(check: Callable[[Path], set[int]]) -> None:
    file = HERE / "rejected.py"
    lines = file.read_text(encoding="utf-8").splitlines()
    marked = {number for number, line in enumerate(lines, 1) if "# rejected: " in line}

    assert len(marked) > 15
    assert marked == check(file)
