"""Delta's log: open a version, and add one only to the version it was planned from."""

from collections.abc import Mapping
from pathlib import Path

from deltalake import CommitProperties, DeltaTable, Transaction
from deltalake.exceptions import CommitFailedError, DeltaError, TableNotFoundError
from deltalake.transaction import AddAction, RemoveAction, create_table_with_add_actions

from meshwright.errors import StorageFailed, TableConflict, UnknownVersion, UnreadableTable
from meshwright.io.delta.addresses import PlainTable
from meshwright.io.delta.evolve import configuration, evolve
from meshwright.io.delta.types import delta_schema
from meshwright.tables import Commit


def open_table(table: str, version: int | None, options: Mapping[str, str]) -> DeltaTable | None:
    """Open a version of a table, or the live one; None when there is no table.

    Raises `UnknownVersion` for one beyond the live one, which delta-rs would count its way up to.
    """
    if "://" not in table and not (Path(table) / "_delta_log").is_dir():
        return None
    live = None if version is None else open_table(table, None, options)
    if version is not None and live is not None and version > live.version():
        raise UnknownVersion(table, version, int(live.version()))
    try:
        return PlainTable(table, version=version, storage_options=dict(options) or None)
    except TableNotFoundError:
        if "://" not in table and any((Path(table) / "_delta_log").glob("*.json")):
            raise UnreadableTable(table, "it has gaps") from None
        return None
    except (DeltaError, OSError, ValueError) as error:
        if version is not None and live is not None:
            raise UnknownVersion(table, version, int(live.version())) from None
        raise UnreadableTable(table, str(error).splitlines()[0][:200]) from None


def write_commit(table: str, commit: Commit, metadata: Mapping[str, str], options: Mapping[str, str]) -> int | None:
    """Add a version by compare-and-swap and return its number; None when another writer was first."""
    actions = [AddAction(f.path, f.size, f.partition, 0, data_change=True, stats=s) for f, s in commit.files]
    properties = CommitProperties(
        custom_metadata=dict(metadata),
        max_commit_retries=0,
        app_transactions=[Transaction(commit.stamp["run_id"], 1)],
    )
    try:
        if commit.base is None:
            return _create(table, commit, actions, properties, options)
        return _add(table, commit, actions, properties, options)
    except CommitFailedError:
        return None
    except OSError as error:
        raise StorageFailed(table, error.strerror or str(error).splitlines()[0]) from None
    except (DeltaError, ValueError) as error:
        if "already exists" in str(error):
            return None
        raise StorageFailed(table, str(error).splitlines()[0][:200]) from None


def _create(
    table: str, commit: Commit, actions: list[AddAction], properties: CommitProperties, options: Mapping[str, str]
) -> int:
    create_table_with_add_actions(
        table,
        delta_schema(commit.spec),
        actions,
        partition_by=list(commit.spec.partition_by),
        name=commit.spec.id,
        configuration=configuration(commit),
        storage_options=dict(options) or None,
        commit_properties=properties,
    )
    return 0


def _add(
    table: str,
    commit: Commit,
    actions: list[AddAction],
    properties: CommitProperties,
    options: Mapping[str, str],
) -> int:
    opened = open_table(table, commit.base, options)
    if opened is None:
        raise TableConflict(table, commit.base, None)
    schema = delta_schema(commit.spec)
    evolve(opened, table, commit, schema)
    evolved = int(opened.version())
    added: list[AddAction | RemoveAction] = [*actions]
    opened.create_write_transaction(
        added, commit.mode, schema, partition_by=list(commit.spec.partition_by), commit_properties=properties
    )
    return evolved + 1
