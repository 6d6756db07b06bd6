"""Judge a table by its contract: every limit, rule, key and reference, in one pass over the rows.

What a check means for one row is what Pydantic decides about that row, with these deliberate differences: a rule, the
key and a reference need the table, so Pydantic does not know them; a rule that gives null passes, as in SQL's CHECK;
a null passes a reference; multiples of decimals are exact, where Pydantic refuses every quotient of more than 28 digits
(the default context of Python's `decimal`). `tests/framework/test_checks_oracle.py` holds the two against each other.
"""

from meshwright.checks.marking import mark
from meshwright.checks.report import Report, report
from meshwright.checks.rows import Check, row_checks

__all__ = ["Check", "Report", "mark", "report", "row_checks"]
