"""Where in a repository the code of a transform stands."""

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any

from meshwright.events import CodeFacts
from meshwright.io.git import checkout


def code_of(function: Callable[..., Any]) -> CodeFacts | None:
    """Name the file of a function by the address that its repository is fetched from; None where there is none.

    Of a package with changes that are in no commit no revision is named: what ran stands nowhere.
    """
    source = inspect.getsourcefile(inspect.unwrap(function))
    found = checkout(Path(source).parent) if source else None
    if source is None or found is None:
        return None
    path = Path(source).resolve().relative_to(found.root).as_posix()
    url = f"{found.repository}/blob/{found.revision}/{path}" if found.revision else found.repository
    return CodeFacts(url=url, repository=found.repository, path=path, revision=found.revision, branch=found.branch)
