"""Marks that declassifiers and declared functions leave in a plan, for the walk to find.

A mark is a condition that always holds. Its text starts with a secret of this process, so no transform writes one by
accident, and none that is stored or sent means anything.
"""

import json
from dataclasses import asdict, dataclass, replace
from functools import cache
from secrets import token_hex
from typing import Any

import polars as pl


@dataclass(frozen=True, slots=True)
class Mark:
    """What made the value below it, of which columns; the walk looks no further.

    `masks`: no single value is left. `each`: the column by whose different values a group was counted. `beneath`: the
    columns are those that the function which made the frame was given. `as_arrived`: it masks what came as it is from
    an input, and nothing that was computed of it.
    """

    does: str
    reads: tuple[str, ...]
    masks: bool = True
    each: str = ""
    beneath: bool = False
    as_arrived: bool = False


def marked(expression: pl.Expr, mark: Mark) -> pl.Expr:
    """Put a mark around an expression; its values stay as they are."""
    return pl.when(pl.lit(_secret() + json.dumps(asdict(mark))).is_not_null()).then(expression)


def mark_in(text: object) -> Mark | None:
    """Read a mark from a literal of a plan; None for any other literal."""
    if not isinstance(text, str) or not text.startswith(_secret()):
        return None
    found: dict[str, Any] = json.loads(text.removeprefix(_secret()))
    return replace(Mark(**found), reads=tuple(found["reads"]))


@cache
def _secret() -> str:
    return f"meshwright-mark-{token_hex(16)}:"
