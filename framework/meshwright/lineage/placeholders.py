"""Run a transform on inputs that have columns and no rows."""

from collections.abc import Callable, Iterator, Mapping
from inspect import unwrap
from pathlib import Path
from traceback import extract_tb
from typing import Any

import polars as pl
from polars.io.plugins import register_io_source

from meshwright.errors import MeshError, TransformCollects, TransformRaises
from meshwright.scrub import scrubbed

_POLARS, _OURS = Path(pl.__file__).parent, Path(__file__).parents[1]
_NOT_THEIRS = tuple(f"{folder.as_posix()}/" for folder in (_POLARS, _POLARS.with_name("narwhals"), _OURS))
"""Where Polars, narwhals and this package lie."""


class _Sealed(Exception):
    """Stops a transform in the line that reads an input."""


class Placeholder:
    """An input without rows that notes which of its columns are asked for; the plan carries it as a scan.

    It is `sealed` while the transform runs: reading it then is the transform's mistake.
    """

    def __init__(self, name: str, schema: pl.Schema) -> None:
        self.name = name
        self.schema = schema
        self.asked: set[str] = set()
        self.sealed = False
        self.broken = False

    def __call__(
        self, with_columns: list[str] | None, predicate: pl.Expr | None, _rows: int | None, _batch: int | None
    ) -> Iterator[pl.DataFrame]:
        if self.sealed:
            self.broken = True
            raise _Sealed(self.name)
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
    failure, plan = _call(transform, placeholders, parameters)
    broken = sorted(n for n, p in placeholders.items() if p.broken)
    if broken:
        raise TransformCollects(where, broken, _line(failure) or _first_line(transform)) from None
    if isinstance(failure, MeshError):
        raise failure
    if failure is not None:
        raise TransformRaises(
            where, f"raises {scrubbed(failure)}", _line(failure) or _first_line(transform)
        ) from failure
    if not isinstance(plan, pl.LazyFrame):
        raise TransformRaises(where, f"returns a {type(plan).__name__}, no lazy frame", _first_line(transform))
    return plan


def _call(
    transform: Callable[..., Any], placeholders: Mapping[str, Placeholder], parameters: Mapping[str, Any]
) -> tuple[Exception | SystemExit | None, object]:
    for each in placeholders.values():
        each.sealed = True
    try:
        plan = transform(**{n: p.frame() for n, p in placeholders.items()}, **parameters)
        if isinstance(plan, pl.LazyFrame):
            plan.collect_schema()  # Polars finds a column that is not there only when it resolves the plan
        return None, plan
    except (Exception, SystemExit) as error:  # noqa: BLE001 - a transform may raise anything
        return error, None
    finally:
        for each in placeholders.values():
            each.sealed = False


def _line(error: BaseException | None) -> str:
    """Find the innermost line outside Polars and this package that an error passed through."""
    if error is None:
        return ""
    frames = [f for f in extract_tb(error.__traceback__) if not Path(f.filename).as_posix().startswith(_NOT_THEIRS)]
    return f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""


def _first_line(transform: Callable[..., Any]) -> str:
    code = getattr(unwrap(getattr(transform, "transform", transform)), "__code__", None)
    return f"{Path(code.co_filename).name}:{code.co_firstlineno}" if code else ""
