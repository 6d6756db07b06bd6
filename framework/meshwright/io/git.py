"""The repository around a workspace: files as they were at a revision, and where it is fetched from."""

import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from meshwright.errors import PastUnknown, UnknownRevision


def files_at(root: Path, revision: str, folder: str, suffix: str) -> Mapping[str, str]:
    """Read the files below `folder` that end in `suffix`, by their path below `root`, as of a git revision."""
    if revision.startswith("-"):
        raise UnknownRevision(revision, "a revision does not begin with a dash")
    listed = _git(root, revision, "ls-tree", "-r", "--name-only", "-z", revision, "--", folder)
    names = [name for name in listed.split("\0") if name.endswith(suffix)]
    return {name: _git(root, revision, "show", f"{revision}:./{name}") for name in names}


def revision_at(root: Path, moment: datetime) -> str:
    """Name the last commit that the branch held at a moment; raise `PastUnknown` when there was none."""
    try:
        found = _git(root, "HEAD", "rev-list", "-1", f"--before={moment.isoformat()}", "HEAD").strip()
    except UnknownRevision:
        raise PastUnknown(moment, "no git repository keeps the workspace", "commit it: git is its memory") from None
    if not found:
        began = min(_git(root, "HEAD", "log", "--max-parents=0", "--format=%cs", "HEAD").split())
        raise PastUnknown(moment, f"the first commit is of {began}", "ask for a later time")
    return found


@dataclass(frozen=True, slots=True)
class Checkout:
    """A repository that others can open: its folder here, its address there, and what is checked out.

    The revision is empty while files of the folder that was asked about differ from it.
    """

    root: Path
    repository: str
    revision: str
    branch: str


def checkout(folder: Path) -> Checkout | None:
    """Find the repository around a folder; None without one, without a commit, or without an address for others."""
    try:
        root, revision, branch = _git(
            folder, "HEAD", "rev-parse", "--show-toplevel", "HEAD", "--abbrev-ref", "HEAD"
        ).splitlines()
        repository = web_address(_git(folder, "HEAD", "config", "--get", "remote.origin.url").strip())
        changed = _git(folder, "HEAD", "status", "--porcelain", "--", ".")
    except UnknownRevision:
        return None
    if repository is None:
        return None
    where = Path(root).resolve()
    return Checkout(where, repository, "" if changed else revision, "" if branch == "HEAD" else branch)


def web_address(remote: str) -> str | None:
    """Write the address of a remote repository as people open it, without who fetches; None for a folder."""
    if short := re.fullmatch(r"(?:[^@/:]+@)?([^/:]{2,}):(?!/)(.+)", remote):
        return f"https://{short[1]}/{_path(short[2])}"
    parts = urlsplit(remote)
    if not parts.hostname or parts.scheme == "file":
        return None
    # Only a server of web pages has them at its own port.
    port = f":{parts.port}" if parts.port and parts.scheme in ("http", "https") else ""
    return f"https://{parts.hostname}{port}/{_path(parts.path)}"


def _path(path: str) -> str:
    return path.strip("/").removesuffix(".git")


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
