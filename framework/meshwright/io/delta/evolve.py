"""Bring a table's metadata in step with the contract, before the rows that need it."""

import json
from pathlib import Path
from typing import Any

from deltalake import CommitProperties, DeltaTable, Schema

from meshwright.errors import ShapeChanged
from meshwright.tables import Commit

STATISTICS_COLUMNS = "delta.dataSkippingStatsColumns"


def configuration(commit: Commit) -> dict[str, str]:
    """Keep other writers, such as an erasure, from writing statistics of classified columns."""
    return {STATISTICS_COLUMNS: ",".join(commit.statistics_columns)}


def entry_of(live: DeltaTable, version: int | None = None) -> dict[str, Any]:
    """Return what the log says of a version; ask the live table, since of an older one `history` numbers wrongly."""
    wanted = live.version() if version is None else version
    entries = live.history(1) if wanted == live.version() else live.history()
    return next((entry for entry in entries if entry["version"] == wanted), None) or _on_disk(live, wanted)


def _on_disk(live: DeltaTable, version: int) -> dict[str, Any]:
    """Read a version's own file of the log: of a folder with `?` in its name delta-rs tells no history."""
    folder = Path(live.table_uri.removeprefix("file://"))
    try:
        lines = (folder / "_delta_log" / f"{version:020}.json").read_text(encoding="utf-8").splitlines()
    except OSError:
        return {}
    for line in lines:
        told: dict[str, Any] = json.loads(line).get("commitInfo", {})
        if told:
            return {**told, "version": version}
    return {}


def evolve(opened: DeltaTable, table: str, commit: Commit, schema: Schema) -> None:
    """Commit what the data's own commit cannot: settings, and for an append the new columns.

    These versions change no row and carry the stamp of the rows they show, so a build killed in between leaves the
    old rows live. An overwrite brings its schema along.
    """
    have = opened.metadata()
    if tuple(have.partition_columns) != commit.spec.partition_by:
        problem = (
            f"the table lies in folders by {have.partition_columns}, the contract says {list(commit.spec.partition_by)}"
        )
        raise ShapeChanged(table, problem, "publish it as a new major version")
    carried = {k: v for k, v in entry_of(opened).items() if k.startswith("meshwright.")}
    properties = CommitProperties(custom_metadata=carried, max_commit_retries=0)
    if have.configuration.get(STATISTICS_COLUMNS) != configuration(commit)[STATISTICS_COLUMNS]:
        settings = configuration(commit)
        opened.alter.set_table_properties(settings, raise_if_not_exists=False, commit_properties=properties)
    if commit.mode == "append":
        _append_columns(opened, table, schema, properties)


def _append_columns(opened: DeltaTable, table: str, schema: Schema, properties: CommitProperties) -> None:
    """Without this an append's extra column would be committed and stay invisible."""
    have = {f.name: f for f in opened.schema().fields}
    want = {f.name: f for f in schema.fields}
    added = [f for name, f in want.items() if name not in have]
    changed = [n for n, f in have.items() if n not in want or want[n].type != f.type or want[n].nullable != f.nullable]
    changed += [f.name for f in added if not f.nullable]
    if changed:
        problem = f"an append cannot change columns {sorted(changed)} of the rows that are there"
        raise ShapeChanged(table, problem, "overwrite the table, or add columns that may be null")
    if added:
        opened.alter.add_columns(added, commit_properties=properties)
