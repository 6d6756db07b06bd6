"""Which rows of a product somebody sees: `see_row` policies as filters."""

from meshwright.access.rows.outline import without_literals
from meshwright.access.rows.recheck import RECHECKED, permitted_rows
from meshwright.access.rows.rule import row_policies, row_rule

__all__ = ["RECHECKED", "permitted_rows", "row_policies", "row_rule", "without_literals"]
