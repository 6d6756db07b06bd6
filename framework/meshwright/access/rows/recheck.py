"""Let a product's rows through as its row rule says, and hold the first of them against Cedar itself."""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import cedarpy
import polars as pl

from meshwright.access.cedar import ROW_ACTION, moment, uid_of
from meshwright.access.decision import RowQuestion, RowRule
from meshwright.access.rows.expressions import row_filter
from meshwright.access.rows.residual import policy_set
from meshwright.dtypes import polars_type
from meshwright.errors import AccessDenied
from meshwright.spec import Spec

RECHECKED = 100
"""So many of the first rows are asked of Cedar one by one."""


def permitted_rows(frame: pl.LazyFrame, spec: Spec, rule: RowRule | None, recheck: int = RECHECKED) -> pl.LazyFrame:
    """Leave out the rows that a reader may not see; reads the first `recheck` of the others, in the rule's columns.

    Raises `AccessDenied` when the rows lack a column that the rule reads, and when Cedar would not show one of them.
    """
    if rule is None:
        return frame
    _has_columns(frame, spec, rule)
    found = _filtered(frame, row_filter(rule.conditions, spec), rule)
    if recheck and rule.conditions:
        _agree(found.head(recheck), spec, rule)
    return found


def allowed_rows(asked: RowQuestion, rows: list[dict[str, Any]]) -> list[bool]:
    """Ask Cedar about each row; a row whose policies fail is not allowed.

    Rows hold the values by column; a date or time, a decimal, and null as in the table.
    """
    known: dict[str, Any] = json.loads(asked.request)
    names = [uid_of(("Row", str(number))) for number in range(len(rows))]
    product = uid_of(("Product", asked.product))
    entities = [
        {"uid": name, "attrs": _attributes(row), "parents": [product]} for name, row in zip(names, rows, strict=True)
    ]
    try:
        facts = cedarpy.Entities.from_json_str(asked.facts).with_added_json_str(json.dumps(entities))
    except ValueError:  # its text names the value that Cedar cannot read
        return [False] * len(rows)
    requests = [{**known, "action": uid_of(("Action", ROW_ACTION)), "resource": name} for name in names]
    answers = cedarpy.is_authorized_batch(requests, policy_set(asked.policies), facts)
    return [each.allowed and not each.diagnostics.errors for each in answers]


def _filtered(frame: pl.LazyFrame, shows: pl.Expr, rule: RowRule) -> pl.LazyFrame:
    """Filter rows; what reads no column is all or nothing, and Polars takes it for a column of one row."""
    if rule.columns:
        return frame.filter(shows)
    return frame if pl.select(shows).item() else frame.head(0)


def _has_columns(frame: pl.LazyFrame, spec: Spec, rule: RowRule) -> None:
    """Refuse rows of a version that cannot be told apart by the rule of today."""
    have = frame.collect_schema()
    for name in rule.columns:
        column = spec.column(name)
        if column is None or name not in have:
            raise AccessDenied(spec.id, f"a row policy reads column {name!r}, which these rows do not have", (name,))
        if have[name] != polars_type(column.type):
            raise AccessDenied(spec.id, f"a row policy reads column {name!r}, which is {have[name]} in these rows")


def _agree(first: pl.LazyFrame, spec: Spec, rule: RowRule) -> None:
    columns = list(rule.columns)
    rows = first.select(columns or pl.len()).collect(engine="streaming")
    asked = rows.to_dicts() if columns else [{}] * rows.item()
    if not all(allowed_rows(rule.asked, asked)):
        raise AccessDenied(spec.id, "its row policies and the filter made of them disagree: no row is shown")


def _attributes(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _said(value) for name, value in row.items() if value is not None}


def _said(value: object) -> object:
    if isinstance(value, Decimal):
        return {"__extn": {"fn": "decimal", "arg": f"{value:.4f}"}}
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return moment(datetime.combine(value, time(), UTC))
    return value
