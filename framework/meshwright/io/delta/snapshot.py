"""One version of a table, opened once: its rows come in batches, however large its files are."""

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import polars as pl
from deltalake import DeltaTable

from meshwright.errors import MissingFiles, StorageFailed, UnreadableTable, UnsafePlace
from meshwright.io.delta.batches import batches_of

_FOLDERS = "partition."
FIRST = 1_024
"""How many rows the first batch has at most."""


@dataclass(frozen=True)
class DeltaSnapshot:
    """A version of a table: `stamp` is what its build wrote beside it."""

    table: str
    version: int
    stamp: Mapping[str, str]
    schema: pl.Schema
    _opened: DeltaTable = field(repr=False)
    _options: Mapping[str, str] = field(repr=False)

    def files(self) -> pl.DataFrame:
        """List the version's files: `path` below the table, and the values of its folders.

        Raises `UnsafePlace` for a path that leads out of the table, also by a link: the log could name any file that
        this process may open. Raises `MissingFiles` for one that is not there, on a local disk.
        """
        return self._listed

    @cached_property
    def _listed(self) -> pl.DataFrame:
        found = pl.DataFrame(self._opened.get_add_actions(flatten=True))
        folders = [name for name in found.columns if name.startswith(_FOLDERS)]
        found = found.select(pl.col("path").map_elements(unquote, pl.String), *folders)
        root = Path(self.table).resolve()
        for path in found["path"]:
            self._require_below(path, root)
        if "://" not in self.table:
            missing = [path for path in found["path"] if not (Path(self.table) / path).is_file()]
            if missing:
                raise MissingFiles(self.table, missing)
        return found.rename({name: name.removeprefix(_FOLDERS) for name in folders})

    def batches(self, columns: Sequence[str], rows: int) -> Generator[pl.DataFrame]:
        """Read some columns, at most `rows` rows at a time, in the order of the files; memory does not grow with them.

        Raises `UnreadableTable` for a table that other writers keep in a form whose rows could come out wrong.
        """
        _require_plain(self._opened, self.table)
        found = self.files()
        schema = pl.Schema({name: self.schema[name] for name in columns})
        try:
            soon = FIRST  # whoever waits sees something soon
            for row in found.iter_rows(named=True):
                for batch in batches_of(self._open(row.pop("path")), schema, row, rows, soon):
                    yield batch
                    soon = 0
        except OSError as error:  # pyarrow's own words may quote what stands in a file
            raise StorageFailed(self.table, error.strerror or type(error).__name__) from None
        except (ValueError, pl.exceptions.PolarsError) as error:
            raise UnreadableTable(self.table, f"a file does not hold what it says ({type(error).__name__})") from None

    def _open(self, path: str) -> Any:
        if "://" not in self.table:
            return str(Path(self.table) / path)
        from deltalake.fs import DeltaStorageHandler

        files = import_module("pyarrow.fs").PyFileSystem(DeltaStorageHandler(self.table, dict(self._options)))
        return files.open_input_file(path)

    def _require_below(self, path: str, root: Path) -> None:
        if "://" in path or ".." in path.split("/") or path.startswith("/"):
            raise UnsafePlace(path, self.table)
        if "://" not in self.table and not (root / path).resolve().is_relative_to(root):
            raise UnsafePlace(path, self.table)


def _require_plain(opened: DeltaTable, table: str) -> None:
    """Refuse what would need more than the files: rows that are marked as deleted, columns under other names."""
    features = set(opened.protocol().reader_features or ())
    mapped = opened.metadata().configuration.get("delta.columnMapping.mode", "none") != "none"
    for refused in ("deletionVectors",) if "deletionVectors" in features else ("columnMapping",) if mapped else ():
        raise UnreadableTable(table, f"it uses {refused}, which cannot be streamed")
