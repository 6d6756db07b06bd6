"""Polars as the engine: its streaming writer makes the files, its scanner reads them back."""

import re
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import polars as pl

from meshwright.engines.footers import read_footer
from meshwright.errors import GroupTooSmall, MeshError, RunFailed, StorageFailed
from meshwright.tables import FILE, DataFile, Layout

if TYPE_CHECKING:
    from polars.io.partition import FileProviderArgs

NULL_FOLDER = "__HIVE_DEFAULT_PARTITION__"
_CAST_FAILED = re.compile(r"conversion from \S+ to \S+ failed in column '[^']*' for \d+ out of \d+ values")
_SMALL_GROUP = re.compile(rf'strict integer parsing failed .*"{GroupTooSmall.SAID} (\d+)"')
_SYSTEM = re.compile(r"([A-Z][\w ,-]+) \(os error \d+\)")
_STORAGE = re.compile(r"os error|object.?store|no space left|permission denied|read-only", re.IGNORECASE)


class PolarsEngine:
    """Run frames in the streaming engine; `storage_options` reach object stores."""

    def __init__(self, storage_options: Mapping[str, str] | None = None) -> None:
        self._options = dict(storage_options or {})

    def write(self, frame: pl.LazyFrame, layout: Layout) -> tuple[DataFile, ...]:
        """Run the frame once; files lie in hive folders, numbered per folder in row order."""
        made: dict[str, Mapping[str, str | None]] = {}

        def path_of(file: "FileProviderArgs") -> str:
            partition = {k: _text(v) for k, v in zip(layout.partition_by, _key(file), strict=True)}
            name = f"{layout.run_id}-{layout.series}{file.index_in_partition:05d}.parquet"
            path = "/".join([*hive_folders(partition), name])
            made[path] = partition
            return path

        target = pl.PartitionBy(
            layout.table,
            file_path_provider=path_of,
            key=list(layout.partition_by) or None,
            include_key=False if layout.partition_by else None,
            max_rows_per_file=layout.max_rows,
            approximate_bytes_per_file=None,
        )
        with _plain_errors(layout.table):
            frame.sink_parquet(
                target,
                compression="zstd",
                compression_level=1,
                statistics={"min": layout.bounds, "max": layout.bounds, "null_count": True},
                storage_options=self._options or None,
                mkdir=not self._options,
            )
            footers = {path: read_footer(f"{layout.table}/{path}", self._options) for path in sorted(made)}
        return tuple(
            DataFile(path, footer.rows, footer.size, made[path], footer.nulls, footer.bounds)
            for path, footer in footers.items()
        )

    def scan(self, layout: Layout, files: Sequence[DataFile], schema: pl.Schema) -> pl.LazyFrame:
        """Read written files in the order given; the folders' values come back as columns."""
        if not files:
            return pl.LazyFrame(schema={**schema, FILE: pl.String()})
        frame = pl.scan_parquet(
            [f"{layout.table}/{file.path}" for file in files],
            hive_partitioning=bool(layout.partition_by),
            hive_schema={name: schema[name] for name in layout.partition_by} or None,
            include_file_paths=FILE,
            storage_options=self._options or None,
        )
        below = pl.col(FILE).str.strip_prefix(f"{layout.table}/")
        return frame.select(*schema.names(), below)

    def collect(self, frames: Sequence[pl.LazyFrame]) -> list[pl.DataFrame]:
        """Run several queries at once."""
        with _plain_errors("check"):
            return pl.collect_all(frames, engine="streaming")


def hive_folders(partition: Mapping[str, str | None]) -> list[str]:
    """Write one folder name a partition column, so that every character survives in a path and in Delta's log."""
    return [
        f"{quote(name, safe='')}={NULL_FOLDER if value is None else quote(value, safe='')}"
        for name, value in partition.items()
    ]


def _key(file: "FileProviderArgs") -> tuple[Any, ...]:
    return file.partition_keys.row(0) if file.partition_keys.width else ()


def _text(value: object) -> str | None:
    """Write a partition value as Delta's protocol does."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, date) else str(value)


@contextmanager
def _plain_errors(where: str) -> Generator[None]:
    """Raise errors of ours: those of Polars may quote cells, so their text and traceback are dropped."""
    try:
        yield
    except (MeshError, MemoryError):
        raise
    except OSError as error:
        found = _SYSTEM.search(str(error))
        raise StorageFailed(where, error.strerror or (found[1] if found else type(error).__name__)) from None
    except pl.exceptions.PolarsError as error:
        text = str(error)
        if cast := _CAST_FAILED.search(text):
            raise RunFailed(where, cast[0]) from None
        if small := _SMALL_GROUP.search(text):
            raise GroupTooSmall(where, int(small[1])) from None
        if found := _STORAGE.search(text):
            raise StorageFailed(where, found[0].lower()) from None
        raise RunFailed(where, type(error).__name__) from None
    except Exception as error:  # noqa: BLE001 - a Python function in the plan may raise anything
        raise RunFailed(where, f"a function in it raises {type(error).__name__}") from None
