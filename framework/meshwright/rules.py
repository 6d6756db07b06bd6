"""Rules over several columns: named boolean expressions that hold for every row."""

import ast
import inspect
import textwrap
from collections.abc import Callable, Mapping, Sequence
from typing import get_args, overload

import polars as pl

from meshwright.dtypes import polars_type
from meshwright.errors import DefinitionError, MeshError, UnknownColumn
from meshwright.markers import Severity
from meshwright.spec import ColumnSpec, RuleSpec


class Rule:
    """A named expression, its meaning, and what happens to a row that breaks it."""

    def __init__(self, expression: Callable[[], pl.Expr], severity: Severity | None = None) -> None:
        self.name = expression.__name__
        self.description = inspect.cleandoc(expression.__doc__ or "")
        self.severity: Severity | None = severity
        self.expression = _expression(expression)
        self.text = _source(expression) or str(self.expression)

    def spec(self) -> RuleSpec:
        """State the rule as a value."""
        return RuleSpec(
            name=self.name,
            description=self.description,
            severity=self.severity,
            columns=tuple(sorted(set(self.expression.meta.root_names()))),
            expression=self.text,
        )


def _expression(expression: Callable[[], object]) -> pl.Expr:
    where = f"rule {expression.__name__!r}"
    try:
        found = expression()
    except MeshError:
        raise
    except Exception as error:
        raise DefinitionError(where, f"raises {type(error).__name__}", "return an expression of columns") from error
    if not isinstance(found, pl.Expr):
        problem = f"returns a {type(found).__name__}, no expression"
        raise DefinitionError(where, problem, "does it end with `return`, and compare columns?")
    return found


@overload
def rule(expression: Callable[[], pl.Expr]) -> Rule: ...
@overload
def rule(*, severity: Severity) -> Callable[[Callable[[], pl.Expr]], Rule]: ...
def rule(
    expression: Callable[[], pl.Expr] | None = None, *, severity: Severity | None = None
) -> Rule | Callable[[Callable[[], pl.Expr]], Rule]:
    """Declare a rule of a contract; the function's name names it and its docstring says why.

    The expression gives true, false or null for each row from that row alone. As in SQL's CHECK a null passes: where
    that is wrong, make the column required or write `.fill_null(False)`. Without a severity the contract's `on_fail`
    decides.
    """
    if expression is not None:
        return Rule(expression)
    return lambda declared: Rule(declared, severity)


def rules_of(contract: type) -> tuple[Rule, ...]:
    """Collect the rules of a class and its bases; the nearest of one name counts."""
    found: dict[str, Rule] = {}
    for kind in reversed(contract.__mro__):
        found |= {v.name: v for v in vars(kind).values() if isinstance(v, Rule)}
    return tuple(found.values())


def expressions_of(rules: Sequence[Rule]) -> Mapping[str, pl.Expr]:
    """Give each rule's expression by its name."""
    return {rule.name: rule.expression for rule in rules}


def check_rules(contract: str, rules: Sequence[Rule], columns: Sequence[ColumnSpec]) -> None:
    """Refuse a rule that names an unknown column, looks at other rows, or is no truth value."""
    known = [c.name for c in columns]
    empty = pl.LazyFrame(schema={c.name: polars_type(c.type) for c in columns})
    for each in rules:
        where = f"rule {each.name!r} of {contract}"
        if each.severity not in (None, *get_args(Severity)):
            raise DefinitionError(where, f"severity {each.severity!r} is none", f"one of {get_args(Severity)}")
        if each.name == "key":
            raise DefinitionError(where, "has the name of the key's own check", "rename it")
        for column in each.expression.meta.root_names():
            if column not in known:
                raise UnknownColumn(where, column, known)
        if _sees_other_rows(each.expression):
            raise DefinitionError(where, "looks at more than one row", "compare columns of the same row")
        if (found := _result(where, each.expression, empty)) != pl.Boolean():
            raise DefinitionError(where, f"gives {found}, no truth value", "end it with a comparison")


def _result(where: str, expression: pl.Expr, empty: pl.LazyFrame) -> pl.DataType:
    try:
        return empty.select(expression.alias("result")).collect().schema["result"]
    except pl.exceptions.PolarsError as error:
        problem = f"does not fit the types of its columns ({type(error).__name__})"
        raise DefinitionError(where, problem, "compare values of one type") from None


def _sees_other_rows(expression: pl.Expr) -> bool:
    # What is said of the items of a list stays within its row; it names elements and no column.
    parts = [p for p in expression.meta.pop() if p.meta.root_names() or "element()" not in str(p)]
    try:
        alone = expression.meta.is_row_separable()
    except pl.exceptions.PolarsError:  # Polars cannot tell for what holds an element or a Python function
        alone = True
    return not alone or any(_sees_other_rows(part) for part in parts)


def _source(expression: Callable[[], pl.Expr]) -> str:
    """Read the returned expression's text: it outlives a Polars release, its printed form does not."""
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(expression)))
    except (OSError, SyntaxError):
        return ""
    returns = [node for node in ast.walk(tree) if isinstance(node, ast.Return) and node.value is not None]
    return ast.unparse(returns[-1]).removeprefix("return ") if len(returns) == 1 else ""
