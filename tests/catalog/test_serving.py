"""`mesh catalog` in a workspace: the server as people start it, and the policies it follows."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import IO

import httpx
import pytest
from company import Company

from meshwright.errors import CatalogUnavailable, NoWorkspace
from meshwright.io.tokens import Identity, sign_development_token, signing_key
from meshwright.ports import PolicyTexts
from meshwright_catalog.command import describe, now
from meshwright_catalog.workspace import PolicyFolder, workspace_app

OPENAPI = Path(__file__).parents[2] / "catalog" / "openapi.json"
MESH = [sys.executable, "-c", "from meshwright.cli import main; main()"]


@pytest.fixture
def workspace(tmp_path: Path, texts: PolicyTexts) -> Path:
    """Make a workspace with policies and no domain."""
    folder = tmp_path / "workspace"
    (folder / "policies").mkdir(parents=True)
    (folder / "mesh.toml").write_text('[mesh]\nname = "thenar"\n')
    for name in ("classes", "purposes", "principals"):
        (folder / "policies" / f"{name}.toml").write_text(getattr(texts, name))
    (folder / "policies" / "mesh.cedar").write_text(texts.central)
    return folder


@pytest.fixture
def started(workspace: Path) -> Iterator[Callable[[], tuple[str, "subprocess.Popen[str]"]]]:
    """Start `mesh catalog serve` and wait for the line that says where."""
    running: list[subprocess.Popen[str]] = []

    def start() -> tuple[str, "subprocess.Popen[str]"]:
        command = [*MESH, "catalog", "serve", "--port", "0"]
        process = subprocess.Popen(command, cwd=workspace, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        running.append(process)
        said = _line(process.stdout)
        found = re.search(r"http://127\.0\.0\.1:\d+", said)
        assert found, said + _line(process.stderr)
        return found[0], process

    yield start
    for process in running:
        process.kill()
        process.communicate()


def _line(stream: IO[str] | None) -> str:
    return stream.readline() if stream else ""


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_the_server_answers_where_it_says_and_stops_when_told(
    workspace: Path, started: Callable[[], tuple[str, "subprocess.Popen[str]"]], stop: signal.Signals
) -> None:
    url, process = started()
    key = signing_key(workspace / ".mesh" / "signing.pem")
    token = sign_development_token(Identity("user", "ana"), key, now(), timedelta(hours=1))
    health = httpx.get(f"{url}/health", trust_env=False, timeout=60)
    products = httpx.get(
        f"{url}/api/v1/products", headers={"Authorization": f"Bearer {token}"}, trust_env=False, timeout=60
    )
    process.send_signal(stop)
    out, err = process.communicate(timeout=30)

    assert ({"status": "ok"}, "server" in health.headers) == (health.json(), False)
    assert {"total": 0, "entries": []} == products.json()
    assert (workspace / ".mesh" / "catalog.db").is_file()
    assert token not in out + err
    assert ("Traceback" in err, "error" in err) == (False, False)
    assert (0, 0o600) == (process.returncode, (workspace / ".mesh" / "catalog.db").stat().st_mode & 0o777)


def test_outside_of_a_workspace_serving_is_one_line(tmp_path: Path) -> None:
    code, said = Company(tmp_path, 0, 0, {}).run("catalog", "serve")

    assert 0 != code
    assert "no mesh.toml" in said
    assert "Traceback" not in said
    with pytest.raises(NoWorkspace):
        workspace_app(tmp_path, None, None, now)


def test_the_description_is_printed_as_committed(tmp_path: Path) -> None:
    code, printed = Company(tmp_path, 0, 0, {}).run("catalog", "openapi")

    assert 0 == code
    assert OPENAPI.read_text(encoding="utf-8") == printed == describe()


def test_policies_are_followed_as_their_files_change_and_nothing_is_decided_while_one_is_broken(
    workspace: Path, texts: PolicyTexts
) -> None:
    folder = workspace / "policies"
    policies = PolicyFolder(folder)
    before = policies()
    (folder / "principals.toml").write_text(texts.principals + '[users.zoe]\nteams = ["planning"]\n')
    after = policies()
    (folder / "principals.toml").write_text("[users")

    assert ("zoe" in before.principals.users, "zoe" in after.principals.users) == (False, True)
    with pytest.raises(CatalogUnavailable, match="policies cannot be read"):
        policies()
    (folder / "principals.toml").write_text(texts.principals)
    os.utime(folder / "principals.toml", ns=(1, 1))
    assert before.principals == policies().principals
