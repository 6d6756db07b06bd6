"""A build that is stopped or killed is told of as such: at once where the process can, else by the next command."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.faults, pytest.mark.timeout(300)]

MESH = [sys.executable, "-m", "meshwright"]
SLOW = """
import pathlib, time


def _slowly(frame):
    if pathlib.Path("slow").exists():
        pathlib.Path("begun").touch()
        time.sleep(60)
    return frame


def slowly(frame):
    return frame.map_batches(_slowly)
"""
DIES = """
import os, signal, sys
from meshwright.mesh import building

def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)

building.complete = die
from meshwright.cli import main
sys.argv = ["mesh", "build", "--force"]
main()
"""


@dataclass(frozen=True)
class Workspace:
    """A workspace whose product takes a minute to build while there is a file `slow`."""

    root: Path

    def mesh(self, *arguments: str, code: int = 0) -> str:
        """Run a command to its end."""
        ran = subprocess.run(
            [*MESH, *arguments], cwd=self.root, env=plain(), check=False, capture_output=True, text=True
        )
        assert code == ran.returncode, ran.stdout + ran.stderr
        return ran.stdout + ran.stderr

    def building(self) -> "subprocess.Popen[str]":
        """Start a build, and come back when its transform runs."""
        (self.root / "slow").touch()
        command = [*MESH, "build", "--force"]
        process = subprocess.Popen(command, cwd=self.root, env=plain(), stderr=subprocess.PIPE, text=True)
        while not (self.root / "begun").exists():
            assert process.poll() is None, process.communicate()
            time.sleep(0.05)
        (self.root / "begun").unlink()
        (self.root / "slow").unlink()
        return process

    def told(self) -> list[tuple[str, str]]:
        """List job and state of every event of a run, in the order they were told."""
        return [(e["job"]["name"], e["eventType"]) for e in self.events() if "run" in e]

    def events(self) -> list[dict[str, Any]]:
        """Read the journal."""
        text = (self.root / ".mesh" / "events.ndjson").read_text(encoding="utf-8")
        return [json.loads(line) for line in text.splitlines()]


def plain() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith(("MESH_", "OPENLINEAGE"))}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    made = Workspace(tmp_path_factory.mktemp("made"))
    made.mesh("init", "--name", "shop", "--me", "ana")
    (made.root / "orders.csv").write_text("order_id,quantity\nO-1,1\nO-2,2\n", encoding="utf-8")
    made.mesh("new", "product", "sales.orders", "--from", "orders.csv")
    (module,) = (made.root / "domains" / "sales").glob("*/orders.py")
    text = module.read_text(encoding="utf-8")
    head, conform, tail = text.rpartition(".conform(")
    module.write_text(f"{head}{conform}slowly({tail.rstrip()})\n{SLOW}", encoding="utf-8")
    return made


@pytest.fixture
def workspace(made: Workspace, tmp_path: Path) -> Workspace:
    return Workspace(Path(shutil.copytree(made.root, tmp_path / "ws")))


BEGUN = [("sales.build", "START"), ("sales.orders.build", "START")]
ABORTED = [("sales.build", "ABORT"), ("sales.orders.build", "ABORT")]


def runs(events: Sequence[dict[str, Any]], state: str) -> set[str]:
    return {event["run"]["runId"] for event in events if event.get("eventType") == state}


def test_a_build_that_is_told_to_stop_says_abort_and_leaves_nothing(workspace: Workspace) -> None:
    process = workspace.building()

    process.send_signal(signal.SIGTERM)
    _, said = process.communicate(timeout=40)

    assert 143 == process.returncode
    assert "stopped" in said
    assert [*BEGUN, *reversed(ABORTED)] == workspace.told()
    assert runs(workspace.events(), "START") == runs(workspace.events(), "ABORT")
    assert not (workspace.root / "lake").exists() or not list((workspace.root / "lake").rglob("_delta_log"))
    workspace.mesh("search", "orders")
    assert 4 == len(workspace.told())


def test_a_killed_build_is_told_of_once_however_many_commands_find_it(workspace: Workspace) -> None:
    process = workspace.building()
    process.kill()
    process.communicate(timeout=40)
    before = workspace.told()

    command = [*MESH, "search", "orders"]
    both = [subprocess.Popen(command, cwd=workspace.root, env=plain(), stdout=subprocess.DEVNULL) for _ in range(2)]

    assert [0, 0] == [each.wait(timeout=60) for each in both]
    workspace.mesh("search", "orders")
    assert BEGUN == before
    assert ABORTED == sorted(workspace.told()[2:])
    assert runs(workspace.events(), "START") == runs(workspace.events(), "ABORT")
    assert [] == list((workspace.root / ".mesh" / "running").rglob("*.*"))


def test_a_build_that_goes_on_is_not_taken_for_dead(workspace: Workspace) -> None:
    process = workspace.building()

    workspace.mesh("search", "orders")
    before = workspace.told()
    process.kill()
    process.communicate(timeout=40)

    assert BEGUN == before


def test_a_build_that_was_killed_after_its_commit_is_told_complete(workspace: Workspace) -> None:
    workspace.mesh("build")
    ran = subprocess.run([sys.executable, "-c", DIES], cwd=workspace.root, env=plain(), check=False)
    workspace.mesh("build")

    assert -signal.SIGKILL == ran.returncode
    last = workspace.events()[-2:]
    states = {event["job"]["name"]: event["eventType"] for event in last}
    assert {"sales.build": "ABORT", "sales.orders.build": "COMPLETE"} == states
    (output,) = next(e["outputs"] for e in last if e["outputs"])
    assert "1" == output["facets"]["version"]["datasetVersion"]
    assert 2 == output["outputFacets"]["outputStatistics"]["rowCount"]
