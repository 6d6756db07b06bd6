"""What earlier releases left on a disk: see tests/fixtures/releases/make.py."""

import hashlib
import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import polars as pl

RELEASES = Path(__file__).parents[1] / "fixtures/releases"


def unpack(release: str, root: Path) -> None:
    """Put the workspace of a release in a folder, as if it had always been there."""
    source = RELEASES / release
    for path in sorted(p for p in source.rglob("*") if (p.is_file() and p.parent != source) or p.name == "mesh.toml"):
        to = root / path.relative_to(source)
        to = to.with_suffix("") if path.name.endswith(".py.txt") else to
        to.parent.mkdir(parents=True, exist_ok=True)
        content = path.read_bytes()
        to.write_bytes(content if path.suffix == ".parquet" else content.replace(b"{here}", str(root).encode()))
    (root / ".mesh").mkdir(mode=0o700)
    statements = (source / "catalog.sql").read_text(encoding="utf-8").replace("{here}", str(root))
    with closing(sqlite3.connect(root / ".mesh/catalog.db")) as database:
        database.executescript(statements)


def told(table: Path) -> dict[str, Any]:
    """Count the rows of a table, and hash what does not change from build to build."""
    frame = pl.scan_delta(str(table)).collect()
    stable = frame.select(sorted(c for c in frame.columns if c != "_run_id"))
    rows = sorted(json.dumps(row, default=str) for row in stable.rows())
    return {"rows": frame.height, "sha256": hashlib.sha256("\n".join(rows).encode()).hexdigest()}
