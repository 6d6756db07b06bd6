"""Run a transform on inputs that have columns and no rows."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from traceback import extract_tb
from typing import Any

import polars as pl
from polars.io.plugins import register_io_source

from meshwright.errors import MeshError, TransformCollects, TransformRaises
from meshwright.scrub import scrubbed

_POLARS = Path(pl.__file__).parent.as_posix()


class Placeholder:
    """An input without rows that notes which of its columns are asked for; the plan carries it as a scan."""

    def __init__(self, name: str, schema: pl.Schema) -> None:
        self.name = name
        self.schema = schema
        self.asked: set[str] = set()
        self.reads = 0

    def __call__(
        self, with_columns: list[str] | None, predicate: pl.Expr | None, _rows: int | None, _batch: int | None
    ) -> Iterator[pl.DataFrame]:
        self.reads += 1
        self.asked |= set(self.schema if with_columns is None else with_columns)
        empty = pl.DataFrame(schema=self.schema)
        if predicate is not None:
            self.asked |= set(predicate.meta.root_names())
            empty = empty.filter(predicate)
        yield empty if with_columns is None else empty.select(with_columns)

    def frame(self) -> pl.LazyFrame:
        """Make the frame that the transform gets."""
        return register_io_source(self, schema=self.schema)


def plan_of(
    transform: Callable[..., Any], placeholders: Mapping[str, Placeholder], parameters: Mapping[str, Any], name: str
) -> pl.LazyFrame:
    """Call the transform and return its plan.

    Raises `TransformCollects` when it reads an input itself, `TransformRaises` when it raises or returns no lazy frame.
    """
    where = name or f"{getattr(transform, '__module__', '')}.{getattr(transform, '__name__', 'transform')}"
    failure: Exception | None = None
    plan: object = None
    try:
        plan = transform(**{n: p.frame() for n, p in placeholders.items()}, **parameters)
    except MeshError as error:
        if not any(p.reads for p in placeholders.values()):
            raise
        failure = error
    except Exception as error:  # noqa: BLE001 - a transform may raise anything
        failure = error
    read = sorted(n for n, p in placeholders.items() if p.reads)
    if read:
        raise TransformCollects(where, read, _line(failure) or _first_line(transform)) from failure
    if failure is not None:
        raise TransformRaises(
            where, f"raises {scrubbed(failure)}", _line(failure) or _first_line(transform)
        ) from failure
    if not isinstance(plan, pl.LazyFrame):
        raise TransformRaises(where, f"returns a {type(plan).__name__}, no lazy frame", _first_line(transform))
    return plan


def _line(error: Exception | None) -> str:
    """Find the innermost line outside Polars and this package that an error passed through."""
    if error is None:
        return ""
    here = Path(__file__).parent.as_posix()
    frames = [f for f in extract_tb(error.__traceback__) if not Path(f.filename).as_posix().startswith((_POLARS, here))]
    return f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""


def _first_line(transform: Callable[..., Any]) -> str:
    code = getattr(getattr(transform, "transform", transform), "__code__", None)
    return f"{Path(code.co_filename).name}:{code.co_firstlineno}" if code else ""
