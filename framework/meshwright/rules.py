"""Rules over several columns: named boolean expressions that hold for every row."""

import ast
import inspect
import textwrap
from collections.abc import Callable
from typing import overload

import polars as pl

from meshwright.markers import Severity
from meshwright.spec import RuleSpec


class Rule:
    """A named expression, its meaning, and what happens to a row that breaks it."""

    def __init__(self, expression: Callable[[], pl.Expr], severity: Severity | None = None) -> None:
        self.name = expression.__name__
        self.description = inspect.cleandoc(expression.__doc__ or "")
        self.severity = severity
        self.expression = expression()
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


@overload
def rule(expression: Callable[[], pl.Expr]) -> Rule: ...
@overload
def rule(*, severity: Severity) -> Callable[[Callable[[], pl.Expr]], Rule]: ...
def rule(
    expression: Callable[[], pl.Expr] | None = None, *, severity: Severity | None = None
) -> Rule | Callable[[Callable[[], pl.Expr]], Rule]:
    """Declare a rule of a contract; the function's name names it and its docstring says why.

    Without a severity the contract's `on_fail` decides.
    """
    if expression is not None:
        return Rule(expression)
    return lambda declared: Rule(declared, severity)


def _source(expression: Callable[[], pl.Expr]) -> str:
    """Read the returned expression's text: it outlives a Polars release, its printed form does not."""
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(expression)))
    except (OSError, SyntaxError):
        return ""
    returns = [node for node in ast.walk(tree) if isinstance(node, ast.Return) and node.value is not None]
    return ast.unparse(returns[-1]).removeprefix("return ") if len(returns) == 1 else ""
