"""What the footer of a Parquet file says about its columns."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

# PyArrow ships no types.
pa: Any = import_module("pyarrow")
pq: Any = import_module("pyarrow.parquet")

_ORDERED = ("STRING", "DECIMAL", "TIMESTAMP", "DATE", "INT")


@dataclass(frozen=True, slots=True)
class Footer:
    """Rows, bytes, and by flat column the nulls and the smallest and largest value."""

    rows: int
    size: int
    nulls: Mapping[str, int]
    bounds: Mapping[str, tuple[Any, Any]]


def read_footer(path: str, storage_options: Mapping[str, str]) -> Footer:
    """Read one footer. Floats have no bounds, since footers ignore NaN."""
    metadata, size = _open(path, storage_options)
    groups = [metadata.row_group(number) for number in range(metadata.num_row_groups)]
    nulls: dict[str, int] = {}
    bounds: dict[str, tuple[Any, Any]] = {}
    for number in range(metadata.num_columns):
        column = metadata.schema.column(number)
        if column.max_definition_level > 1 or column.max_repetition_level > 0:
            continue
        chunks = [group.column(number) for group in groups]
        statistics = [chunk.statistics for chunk in chunks]
        if all(s is not None and s.has_null_count for s in statistics):
            nulls[column.path] = sum(s.null_count for s in statistics)
        if found := _bounds(column, chunks):
            bounds[column.path] = found
    return Footer(metadata.num_rows, size, nulls, bounds)


def _bounds(column: Any, chunks: list[Any]) -> tuple[Any, Any] | None:
    if column.logical_type.type not in _ORDERED and column.physical_type != "INT64":
        return None
    found: list[tuple[Any, Any]] = []
    for chunk in chunks:
        statistics = chunk.statistics
        if statistics is None:
            return None
        if statistics.has_min_max:
            try:
                found.append((statistics.min, statistics.max))
            except (OverflowError, ValueError, pa.ArrowException):  # outside of what Python's dates and times can say
                return None
        elif statistics.null_count != chunk.num_values:
            return None
    return (min(low for low, _ in found), max(high for _, high in found)) if found else None


def _open(path: str, storage_options: Mapping[str, str]) -> tuple[Any, int]:
    if "://" not in path:
        return pq.read_metadata(path), Path(path).stat().st_size
    from deltalake.fs import DeltaStorageHandler

    folder, _, name = path.rpartition("/")
    files: Any = import_module("pyarrow.fs").PyFileSystem(DeltaStorageHandler(folder, dict(storage_options)))
    return pq.read_metadata(name, filesystem=files), int(files.get_file_info(name).size)
