"""What a transform hands to Polars and what it reads, heard while it makes its plan: the plan itself does not tell."""

import sys
from collections.abc import Callable, Generator, Iterable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from inspect import unwrap
from pathlib import Path
from types import CodeType, FrameType, FunctionType, MethodType, ModuleType
from typing import Any, cast

import polars as pl

_SITE = Path(pl.__file__).parents[1]
_POLARS = f"{_SITE / 'polars'}"
_READERS = tuple(f"{_SITE / Path(package)}" for package in ("polars/io", "pyarrow", "deltalake", "pandas"))
_FRAMES = (pl.DataFrame, pl.LazyFrame, pl.Series)
_DEEP = 6
"""How many functions, containers and objects within one another are looked into."""


@dataclass(slots=True)
class Heard:
    """The functions that Polars was given to call later, and the lines at which something was read."""

    functions: list[Any] = field(default_factory=list[Any])
    reads: list[str] = field(default_factory=list[str])

    @property
    def holding(self) -> str:
        """Name a function that holds a frame or series of its own; the empty text when none does."""
        found = (getattr(f, "__qualname__", type(f).__name__) for f in self.functions if _holds(f, _DEEP, set()))
        return next(found, "")


@contextmanager
def listening() -> Generator[Heard]:
    """Note what Polars is called with in this thread; a profiler that is at work goes on afterwards."""
    heard, before = Heard(), sys.getprofile()

    def note(frame: FrameType, event: str, _argument: object) -> None:
        if event == "call" and (caller := frame.f_back) is not None:
            _note(heard, frame, caller)

    sys.setprofile(note)
    try:
        yield heard
    finally:
        sys.setprofile(before)


def _note(heard: Heard, frame: FrameType, caller: FrameType) -> None:
    code, theirs = frame.f_code, caller.f_code.co_filename
    if code.co_filename.startswith(_READERS) and code.co_name.startswith(("read_", "scan_")):
        while caller.f_back is not None and caller.f_code.co_filename.startswith((_POLARS, *_READERS)):
            caller = caller.f_back
        heard.reads.append(f"{Path(caller.f_code.co_filename).name}:{caller.f_lineno}")
    # What a frame is piped through is called at once, and what it does stands in the plan.
    if code.co_filename.startswith(_POLARS) and not theirs.startswith(_POLARS) and code.co_name != "pipe":
        for value in _flat(frame.f_locals):
            if callable(value) and not isinstance(value, type | pl.Expr):
                heard.functions.append(value)


def _flat(given: Mapping[str, Any]) -> Generator[Any]:
    for value in given.values():
        yield from value if isinstance(value, tuple) else value.values() if isinstance(value, dict) else (value,)


def _holds(value: Any, deep: int, seen: set[int]) -> bool:
    if isinstance(value, _FRAMES):
        return True
    if deep == 0 or id(value) in seen or isinstance(value, str | bytes | int | float | type | ModuleType | pl.Expr):
        return False
    seen.add(id(value))
    return any(_holds(inner, deep - 1, seen) for inner in _within(value))


def _within(value: Any) -> Generator[Any]:
    """Look into what a function refers to, what is bound to it, and what containers and plain objects hold."""
    if isinstance(value, partial):
        yield from (value.func, *value.args, *value.keywords.values())
    elif isinstance(value, MethodType):
        yield from (value.__self__, value.__func__)
    elif isinstance(value, FunctionType):
        yield from _of_function(value)
    elif isinstance(value, Mapping):
        yield from cast("dict[Any, Any]", value).values()
    elif isinstance(value, list | tuple | set | frozenset):
        yield from cast("Iterable[Any]", value)
    else:
        kind = cast("type[object]", type(value))
        if not kind.__module__.startswith(("polars", "builtins")):
            yield from getattr(value, "__dict__", {}).values()
            yield from (f for f in vars(kind).values() if isinstance(f, FunctionType))


def _of_function(function: Callable[..., Any]) -> Generator[Any]:
    plain: Any = unwrap(function)
    for each in {id(f): f for f in (function, plain)}.values():
        code: CodeType = each.__code__
        if code.co_filename.startswith((_POLARS, *_READERS)):
            return
        yield from (c.cell_contents for c in each.__closure__ or () if _full(c))
        yield from (*(each.__defaults__ or ()), *(each.__kwdefaults__ or {}).values())
        names = set(_names(code))
        used = [each.__globals__[name] for name in names if name in each.__globals__]
        yield from used
        # Of a module only what the function names can be what it uses.
        modules = [m for m in used if isinstance(m, ModuleType)]
        yield from (vars(m)[name] for m in modules for name in names if isinstance(vars(m).get(name), _FRAMES))


def _full(cell: Any) -> bool:
    try:
        return cell.cell_contents is not None
    except ValueError:
        return False


def _names(code: CodeType) -> Generator[str]:
    yield from code.co_names
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield from _names(inner)
