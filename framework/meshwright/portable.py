"""Transforms written for narwhals: here they run, and are traced, over Polars like any other."""

from collections.abc import Callable
from functools import wraps
from inspect import signature
from typing import Any, ParamSpec, TypeVar, cast, get_origin

import polars as pl

from meshwright.errors import DefinitionError
from meshwright.schema import PortableFrame

P = ParamSpec("P")
R = TypeVar("R")


def over_polars(function: Callable[P, R]) -> Callable[P, R]:
    """Hand narwhals frames to those parameters of a function that ask for them, and take a Polars frame back.

    Any other function is returned as it is, and narwhals, of the extra `portable`, is imported on the first call.
    """
    portable = {name for name, hint in function.__annotations__.items() if _is_portable(hint)}
    if not portable:
        return function

    @wraps(function)
    def run(*args: Any, **kwargs: Any) -> Any:
        nw = _narwhals(function)
        given = signature(function).bind(*args, **kwargs)
        for name, value in given.arguments.items():
            if name in portable and isinstance(value, pl.LazyFrame):
                given.arguments[name] = nw.from_native(value)
        made: Any = function(*given.args, **given.kwargs)
        return nw.to_native(made, pass_through=True)

    return cast("Callable[P, R]", run)


def _is_portable(hint: object) -> bool:
    text = hint if isinstance(hint, str) else ""  # `from __future__ import annotations` keeps them as text
    return get_origin(hint) is PortableFrame or text.startswith("PortableFrame[") or ".PortableFrame[" in text


def _narwhals(function: Callable[..., Any]) -> Any:
    try:
        import narwhals  # noqa: PLC0415 - an extra that few need
    except ImportError as error:
        where = f"{function.__module__}.{function.__name__}"
        raise DefinitionError(
            where, "is written for narwhals, which is not installed", "install meshwright[portable]"
        ) from error
    return narwhals
