"""Findings about row policies."""

from collections.abc import Iterator

from meshwright.access.cedar import ROW_ACTION, type_errors
from meshwright.access.entities import product_of
from meshwright.access.finding import Finding
from meshwright.access.policies import Policies, is_central
from meshwright.access.rows.expressions import check_condition, columns_read
from meshwright.access.rows.residual import folded, understood
from meshwright.access.rows.rule import covers, row_policies, scope_of
from meshwright.access.rows.schema import no_attribute, row_type
from meshwright.access.statements import Statement
from meshwright.errors import PolicyRejected, nearest
from meshwright.spec import Spec

_FILTERS = (
    "a column of the row is compared with a fixed value by ==, !=, <, <=, >, >=, like, contains, containsAny, "
    "containsAll or isEmpty, and such are joined by has, &&, || and !"
)


def row_findings(policy: Statement, spec: Spec | None) -> Iterator[Finding]:
    """List why a row policy cannot be obeyed; what depends on columns is found where the contract is known."""
    name = f"{policy.where}: {policy.id}"
    central = is_central(policy)
    if policy.actions != (ROW_ACTION,):
        yield Finding(name, "mixes see_row with other actions", "write a policy of its own for rows")
    if spec is None or (central and not covers(policy, spec)):
        return
    product = f'Mesh::Product::"{product_of(spec)[1]}"'
    # A row is in its product; as `resource ==` a product would type-check nowhere, and hold for no row.
    if not central and (scope_of(policy) != product_of(spec) or policy.scope("resource")["op"] == "=="):
        yield Finding(name, "does not say whose rows it is about", f"write resource in {product}")
    problems = tuple(_column_problems(policy, spec, central=central))
    yield from (Finding(name, problem) for problem in problems)
    if not problems:
        yield from (Finding(name, error) for error in type_errors(policy, row_type(spec)))
        yield from _unfilterable(policy, spec, name)


def rows_without_permit(policies: Policies, spec: Spec) -> Iterator[Finding]:
    """Find a product whose row policies only forbid: nobody sees a row of it."""
    found = row_policies(policies, spec)
    if found and all(policy.effect == "forbid" for policy in found):
        hint = "with one row policy every row needs a permit; write permit(... see_row ...) for the others"
        yield Finding(found[0].where, f"{found[0].id} leaves no row of {spec.id} to anybody", hint, "warning")


def _column_problems(policy: Statement, spec: Spec, *, central: bool) -> Iterator[str]:
    """Find columns that are not there, which a central policy may ask for with `has`, and those of other types."""
    known = [column.name for column in spec.columns]
    for name in dict.fromkeys(columns_read(policy.form["conditions"])):
        column = spec.column(name)
        if column is None and not central:
            yield f"unknown column {name!r}{nearest(name, known)}"
        elif column is not None and (problem := no_attribute(column)):
            yield f"column {name!r} {problem}"


def _unfilterable(policy: Statement, spec: Spec, name: str) -> Iterator[Finding]:
    columns = {column.name for column in spec.columns}
    for condition in policy.form["conditions"]:
        try:
            with understood():
                check_condition(folded(condition["body"], None, columns), spec)
        except PolicyRejected as error:
            yield Finding(name, error.problem, _FILTERS)
