"""Checks that need one row alone: presence, limits and rules, as expressions that are never null."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import polars as pl

from meshwright.checks.limits import limit_checks
from meshwright.errors import DefinitionError
from meshwright.markers import Severity
from meshwright.spec import ColumnSpec, ListType, Spec, StructType, VectorType


@dataclass(frozen=True, slots=True)
class Check:
    """One promise of the contract; `passes` is true or false for every row, never null."""

    name: str
    column: str | None
    severity: Severity
    passes: pl.Expr


def row_checks(spec: Spec, rules: Mapping[str, pl.Expr]) -> tuple[Check, ...]:
    """List the checks of a contract that need one row alone, columns first, then rules; `rules` by name.

    Names are stable: `order_id.required`, `address.street.pattern`, `tags.item.max_length`, and a rule's own name.
    """
    columns = tuple(
        Check(f"{column.name}.{name}", column.name, severity or spec.on_fail, passes)
        for column in spec.columns
        for name, severity, passes in _column_checks(column, pl.col(column.name))
    )
    return columns + tuple(_rule_check(spec, name, severity, rules) for name, severity in _rules(spec))


def _rules(spec: Spec) -> Iterator[tuple[str, Severity]]:
    for rule in spec.rules:
        yield rule.name, rule.severity or spec.on_fail


def _rule_check(spec: Spec, name: str, severity: Severity, rules: Mapping[str, pl.Expr]) -> Check:
    if name not in rules:
        raise DefinitionError(spec.id, f"rule {name!r} comes without its expression", "hand the contract's rules over")
    return Check(name, None, severity, rules[name].fill_null(value=True))


def _column_checks(column: ColumnSpec, value: pl.Expr) -> Iterator[tuple[str, Severity | None, pl.Expr]]:
    """Name every check below a column, with the nearest severity; a null has no limits and nothing inside."""
    if not column.nullable:
        yield "required", column.on_fail, value.is_not_null()
    for name, holds in limit_checks(column, value):
        yield name, column.on_fail, holds.fill_null(value=True)
    if isinstance(column.type, StructType):
        for field in column.type.fields:
            for name, severity, passes in _column_checks(field, value.struct.field(field.name)):
                yield f"{field.name}.{name}", severity or column.on_fail, value.is_null() | passes
    elif isinstance(column.type, ListType | VectorType):
        item = column.type.items if isinstance(column.type, ListType) else _COMPONENT
        for name, severity, passes in _column_checks(item, pl.element()):
            every = value.list.eval(passes).list.all()
            yield f"item.{name}", severity or column.on_fail, every.fill_null(value=True)


_COMPONENT = ColumnSpec.model_validate({"name": "item", "type": {"kind": "number"}})
