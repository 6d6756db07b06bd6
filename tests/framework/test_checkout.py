"""Where code stands: by the address that its repository is fetched from, and never with who fetches it."""

import subprocess
from pathlib import Path

import pytest

from meshwright.io.git import checkout, web_address


@pytest.mark.parametrize(
    ("remote", "address"),
    [
        ("https://git.example.org/thenar/sales.git", "https://git.example.org/thenar/sales"),
        ("https://ana:secret@git.example.org/thenar/sales", "https://git.example.org/thenar/sales"),
        ("https://git.example.org:8443/thenar/sales.git", "https://git.example.org:8443/thenar/sales"),
        ("git@git.example.org:thenar/sales.git", "https://git.example.org/thenar/sales"),
        ("git.example.org:thenar/sales", "https://git.example.org/thenar/sales"),
        ("ssh://git@git.example.org:22/thenar/sales.git", "https://git.example.org/thenar/sales"),
        ("git://git.example.org/thenar/sales/", "https://git.example.org/thenar/sales"),
        ("/srv/git/sales.git", None),
        ("../sales", None),
        ("file:///srv/git/sales.git", None),
        ("C:\\git\\sales", None),
        ("", None),
    ],
)
def test_a_remote_is_named_as_people_open_it(remote: str, address: str | None) -> None:
    assert address == web_address(remote)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    who = ["-c", "user.name=ana", "-c", "user.email=ana@example.org"]
    (tmp_path / "domain").mkdir()
    (tmp_path / "domain" / "orders.py").write_text("one")
    for command in (["init", "-q", "-b", "main"], ["add", "."], [*who, "commit", "-q", "-m", "one"]):
        subprocess.run(["git", "-C", str(tmp_path), *command], check=True)
    return tmp_path


def test_a_checkout_knows_its_revision_until_the_folder_differs_from_it(repository: Path) -> None:
    git = ["git", "-C", str(repository)]
    assert checkout(repository / "domain") is None
    subprocess.run([*git, "remote", "add", "origin", "git@git.example.org:thenar/sales.git"], check=True)
    head = subprocess.run([*git, "rev-parse", "HEAD"], check=True, capture_output=True, text=True).stdout.strip()

    committed = checkout(repository / "domain")
    (repository / "elsewhere.py").write_text("two")
    beside = checkout(repository / "domain")
    (repository / "domain" / "orders.py").write_text("two")
    changed = checkout(repository / "domain")

    assert committed is not None
    assert changed is not None
    assert committed == beside
    assert (head, "main", repository.resolve()) == (committed.revision, committed.branch, committed.root)
    assert ("", "https://git.example.org/thenar/sales") == (changed.revision, changed.repository)


def test_a_folder_that_is_in_no_repository_has_no_checkout(tmp_path: Path) -> None:
    assert checkout(tmp_path) is None
