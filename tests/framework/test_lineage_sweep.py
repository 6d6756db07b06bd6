"""Every method of expressions that can be called without knowing it: exact or opaque, never wrong.

`Expr.meta.root_names()` is the oracle: it is Polars' own answer to which columns an expression reads.
"""

import warnings
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import polars as pl

from meshwright.lineage import Origin, column_lineage

c = pl.col
SCHEMA = pl.Schema(
    {
        "i": pl.Int64(),
        "j": pl.Int64(),
        "f": pl.Float64(),
        "s": pl.String(),
        "b": pl.Boolean(),
        "d": pl.Date(),
        "t": pl.Datetime("us"),
        "du": pl.Duration("us"),
        "l": pl.List(pl.Int64()),
        "ls": pl.List(pl.String()),
        "a": pl.Array(pl.Int64(), 2),
        "st": pl.Struct({"x": pl.Int64()}),
        "bi": pl.Binary(),
        "ca": pl.Categorical(),
    }
)
CALLED_ON = {
    "": ("i", "f", "s", "b", "t"),
    "str": ("s",),
    "dt": ("t", "d", "du"),
    "list": ("l", "ls"),
    "arr": ("a",),
    "struct": ("st",),
    "bin": ("bi",),
    "cat": ("ca",),
}


def first_of(*given: Any) -> Any:
    """Stand for a function that a method is given."""
    return given[0]


ARGUMENTS: tuple[tuple[Any, ...], ...] = (
    *((), (1,), ("i",), (c.i,), (0.5,), ("1d",), (c.j, c.f), ("x",), (True,), (2, 3), (pl.Int64,), ("%Y",), ([1, 2],)),
    *(({1: 2},), ("s", "s2"), (c.d,), (c.b,), (pl.element(),), ("UTC",), (c.j, "2i"), (1, 2, 3), (pl.String,)),
    *((c.s, "x"), ("i", "1i"), (first_of,), (timedelta(days=1),), (["x"],)),
)
NO_METHODS = frozenset(
    {
        *("meta", "name", "str", "dt", "list", "arr", "struct", "bin", "cat", "ext"),  # name spaces
        *(
            "deserialize",
            "from_json",
            "register_plugin",
            "show_graph",
            "inspect",
            "pipe",
            "map_elements",
            "map_batches",
        ),
    }
)


def calls() -> Iterator[tuple[str, pl.Expr]]:
    """Call each method with the first arguments that give an expression Polars can resolve."""
    for space, columns in CALLED_ON.items():
        for method in sorted(set(dir(getattr(c.i, space) if space else c.i)) - NO_METHODS):
            if not method.startswith("_"):
                found = next((e for name in columns for e in _tried(space, method, name)), None)
                if found is not None:
                    yield f"{space}.{method}", found


def _tried(space: str, method: str, column: str) -> Iterator[pl.Expr]:
    called: Any = getattr(getattr(c(column), space) if space else c(column), method)
    for arguments in ARGUMENTS:
        try:
            made = called(*arguments)
            pl.LazyFrame(schema=SCHEMA).select(made).collect_schema()
        except Exception:  # noqa: BLE001, S112 - most arguments do not fit most methods, and some are no methods
            continue
        if isinstance(made, pl.Expr):
            yield made


def judged(expression: pl.Expr) -> str:
    """Hold the lineage of an expression against its root names."""
    roots = {Origin("x", name) for name in expression.meta.root_names() if name}  # "" is an item of a list

    def transform(x: pl.LazyFrame) -> pl.LazyFrame:
        return x.select(expression)

    lineage = column_lineage(transform, {"x": SCHEMA})
    found = {origin for column in lineage.columns for origin in lineage.upper_bound(column)}
    if lineage.opaque:
        return "opaque" if roots <= found else "wrong"
    return "exact" if roots == found else "constant" if not found else "wrong"


def test_methods_of_expressions_are_exact_or_opaque_and_never_wrong() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # some methods are going away
        answers = {name: judged(expression) for name, expression in calls()}

    assert [] == [name for name, answer in answers.items() if answer == "wrong"]
    assert [".lower_bound", ".upper_bound"] == [name for name, answer in answers.items() if answer == "constant"]
    assert {"exact": 337, "opaque": 39, "constant": 2} == Counter(answers.values())
