"""The one door to the plan that Polars resolves.

It is the hook of GPU engines, `collect(post_opt_callback=...)`, left again before anything runs. The shorter way,
`LazyFrame._ldf.visit()`, holds the interpreter lock and hangs on a plan that scans Delta (polars 2.1).
"""

from collections.abc import Callable
from typing import Any, TypeVar

import polars as pl

SUPPORTED_MAJORS = frozenset({16})
"""Versions of the plan that the walk was tested on; Polars raises the major when nodes change."""

T = TypeVar("T")


class UnknownPlan(Exception):
    """A plan of a Polars version that the walk does not know."""


class _Leave(Exception):
    """Ends `collect` before it reads."""


def with_plan(frame: pl.LazyFrame, read: Callable[[Any], T], flags: pl.QueryOptFlags | None = None) -> T:
    """Hand the resolved plan, a Polars `NodeTraverser`, to `read` and return what it returns; no data is read.

    Without flags no optimisation is made. Raises `UnknownPlan` for a plan version that is not supported.
    """
    answer: list[T] = []
    failure: list[Exception] = []

    def look(plan: Any, _elapsed: object = None) -> None:
        try:
            if plan.version()[0] not in SUPPORTED_MAJORS:
                raise UnknownPlan(f"plan version {plan.version()}")
            answer.append(read(plan))
        except Exception as error:  # noqa: BLE001 - it must cross Polars, which would flatten it to text
            failure.append(error)
        raise _Leave

    collect: Any = frame.collect  # the hook is left out of Polars' stubs
    try:
        collect(post_opt_callback=look, optimizations=flags or pl.QueryOptFlags.none(), engine="in-memory")
    except pl.exceptions.ComputeError:
        if not answer and not failure:
            raise
    if failure:
        raise failure[0]
    return answer[0]
