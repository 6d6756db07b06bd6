"""docs/commands.md is what the command line says of itself, as a user gets it."""

import re
import subprocess
import sys
from pathlib import Path

import commands_page
import pytest
from typer.main import get_command

from meshwright.cli.main import app

PAGE = Path(__file__).parents[2] / "docs/commands.md"


def test_the_committed_page_is_the_generated_one() -> None:
    assert commands_page.page() == PAGE.read_text(encoding="utf-8"), "run scripts/docs"


def test_every_command_and_option_has_its_place() -> None:
    list(commands_page.told())
    sections = dict(re.findall(r"^## (mesh[\w -]*)\n(.*?)(?=^## |\Z)", PAGE.read_text(), re.MULTILINE | re.DOTALL))
    missing: list[str] = []
    waiting = [("mesh", get_command(app))]
    while waiting:
        name, command = waiting.pop()
        if name in ("mesh catalog", "mesh demo"):
            continue
        missing += [f"{name} {o}" for p in command.params for o in p.opts if o[0] == "-" and o not in sections[name]]
        waiting += [(f"{name} {under}", each) for under, each in getattr(command, "commands", {}).items()]

    assert 20 < len(sections)
    assert [] == missing


@pytest.mark.parametrize("command", ["", "read", "access allow", "catalog serve"])
def test_what_a_user_gets_by_help_stands_in_the_page(command: str) -> None:
    asked = [sys.executable, "-m", "meshwright", *command.split(), "--help"]
    printed = subprocess.run(asked, check=True, capture_output=True, text=True).stdout

    assert words(printed) in words(PAGE.read_text(encoding="utf-8"))


def words(text: str) -> str:
    """Leave out what the width of a terminal changes: line breaks, and where a list of commands is cut."""
    return " ".join(re.sub(r"^Commands:.*?(?=^```|\Z)", "", text, flags=re.DOTALL | re.MULTILINE).split())
