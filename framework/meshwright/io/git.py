"""Files as they were at a revision of the repository around a workspace."""

import subprocess
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from meshwright.errors import UnknownRevision


def files_at(root: Path, revision: str, folder: str, suffix: str) -> Mapping[str, str]:
    """Read the files below `folder` that end in `suffix`, by their path below `root`, as of a git revision."""
    if revision.startswith("-"):
        raise UnknownRevision(revision, "a revision does not begin with a dash")
    listed = _git(root, revision, "ls-tree", "-r", "--name-only", "-z", revision, "--", folder)
    names = [name for name in listed.split("\0") if name.endswith(suffix)]
    return {name: _git(root, revision, "show", f"{revision}:./{name}") for name in names}


def revision_at(root: Path, moment: datetime) -> str:
    """Name the last commit that the branch held at a moment; raise `UnknownRevision` when there was none."""
    found = _git(root, "HEAD", "rev-list", "-1", f"--before={moment.isoformat()}", "HEAD").strip()
    if not found:
        raise UnknownRevision(moment.isoformat(), "the repository begins later")
    return found


def _git(root: Path, revision: str, *arguments: str) -> str:
    try:
        done = subprocess.run(  # noqa: S603 - arguments are ours, and the revision cannot be an option
            ["git", "-C", str(root), *arguments],  # noqa: S607 - git is found as the user's shell finds it
            capture_output=True,
            check=False,
            encoding="utf-8",
        )
    except FileNotFoundError:
        raise UnknownRevision(revision, "git is not installed") from None
    if done.returncode:
        raise UnknownRevision(revision, (done.stderr.strip().splitlines() or ["git failed"])[0])
    return done.stdout
